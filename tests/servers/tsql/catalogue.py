"""SQL Server's catalogue (`sys`, `information_schema`) and its functions, as views and macros of DuckDB.

Object ids are made from names, so a renamed table has another one. Declared types are kept as comments of
the columns; what DuckDB does not have (indexes without a constraint, properties, users) in tables `sys._…`.
"""

from __future__ import annotations

import duckdb

_TABLES = """
create table sys._indexes (schema_name varchar, table_name varchar, index_name varchar, type int, is_unique boolean,
    is_primary_key boolean, columns varchar[], included varchar[]);
create table sys._views (schema_name varchar, view_name varchar, definition varchar, names varchar[]);
create table sys.extended_properties (class int, class_desc varchar, major_id int, minor_id int, name varchar, value varchar);
create table sys._principals (name varchar, type varchar, login varchar);
create table sys._members (role_name varchar, member_name varchar);
create table sys._permissions (state varchar, permission_name varchar, securable varchar, grantee varchar);
"""

_MACROS = """
create macro sys.id_of(s, n) as cast(hash(lower(s) || '.' || lower(n)) % 2000000000 as int) + 1000;
create macro sys.bare(n) as string_split(regexp_replace(n, '[][\\"]', '', 'g'), '.');
create macro sys.name_id(n) as sys.id_of(case when len(sys.bare(n)) > 1 and sys.bare(n)[-2] <> '' then sys.bare(n)[-2]
    else 'dbo' end, sys.bare(n)[-1]);
create macro sys.declared_type(d, c) as case when c is not null then c when d like 'DECIMAL%' then replace(lower(d), ' ', '')
    else coalesce(map {'BOOLEAN': 'bit', 'UTINYINT': 'tinyint', 'TINYINT': 'smallint', 'SMALLINT': 'smallint',
    'INTEGER': 'int', 'BIGINT': 'bigint', 'HUGEINT': 'decimal(38,0)', 'DOUBLE': 'float', 'FLOAT': 'real', 'DATE': 'date',
    'TIME': 'time(6)', 'TIMESTAMP': 'datetime2(6)', 'TIMESTAMP WITH TIME ZONE': 'datetimeoffset(6)',
    'UUID': 'uniqueidentifier', 'BLOB': 'varbinary(max)'}[d], 'nvarchar(max)') end;
create macro sys.first_of(d) as nullif(regexp_extract(d, '\\((\\w+)', 1), '');
create macro sys.second_of(d) as coalesce(try_cast(regexp_extract(d, ',\\s*(\\d+)', 1) as int), 0);
"""

_VIEWS = """
create view sys.schemas as select schema_name as name, sys.id_of('', schema_name) as schema_id, 1 as principal_id
    from duckdb_schemas() where database_name = current_database() and schema_name not in ('main', 'pg_catalog');
create view sys.tables as select table_name as name, sys.id_of(s, table_name) as object_id, sys.id_of('', s) as schema_id,
    'U ' as type, 'USER_TABLE' as type_desc, 0 as parent_object_id, cast('2026-01-01' as timestamp) as create_date,
    cast('2026-01-01' as timestamp) as modify_date, false as is_ms_shipped, 0 as temporal_type, false as is_external, s as _schema, estimated_size as _rows
    from (select *, case when database_name = 'temp' then 'dbo' else schema_name end as s from duckdb_tables()
        where database_name in (current_database(), 'temp') and schema_name <> 'sys');
create view sys.views as select view_name as name, sys.id_of(schema_name, view_name) as object_id,
    sys.id_of('', schema_name) as schema_id, 'V ' as type, 'VIEW' as type_desc, 0 as parent_object_id,
    cast('2026-01-01' as timestamp) as create_date, cast('2026-01-01' as timestamp) as modify_date,
    false as is_ms_shipped, schema_name as _schema
    from duckdb_views() where database_name = current_database() and not internal and schema_name <> 'sys';
create view sys.objects as select name, object_id, schema_id, type, type_desc, parent_object_id, create_date, modify_date, is_ms_shipped, _schema from sys.tables
    union all select name, object_id, schema_id, type, type_desc, parent_object_id, create_date, modify_date, is_ms_shipped, _schema from sys.views
    union all select index_name, sys.id_of(schema_name, index_name), sys.id_of('', schema_name), 'PK', 'PRIMARY_KEY_CONSTRAINT',
    sys.id_of(schema_name, table_name), null, null, false, schema_name from sys._indexes where is_primary_key;
create view sys.all_objects as select * from sys.objects;
create view sys._columns as select s, table_name as t, column_name as c, column_index as n, is_nullable,
    sys.declared_type(data_type, comment) as d, regexp_extract(sys.declared_type(data_type, comment), '^\\w+') as k,
    column_default from (select *, case when database_name = 'temp' then 'dbo' else schema_name end as s
    from duckdb_columns() where database_name in (current_database(), 'temp') and not internal and schema_name <> 'sys');
create table sys.types (name varchar, system_type_id int, user_type_id int, schema_id int, max_length int, precision int, scale int,
    collation_name varchar, is_nullable boolean, is_user_defined boolean, is_assembly_type boolean, is_table_type boolean);
insert into sys.types select n, i, i, 4, l, p, s, case when i in (167, 175, 231, 239) then 'Latin1_General_100_BIN2' end, true, false, false, false from (values
    ('uniqueidentifier', 36, 16, 0, 0), ('date', 40, 3, 10, 0), ('time', 41, 5, 16, 7), ('datetime2', 42, 8, 27, 7),
    ('datetimeoffset', 43, 10, 34, 7), ('tinyint', 48, 1, 3, 0), ('smallint', 52, 2, 5, 0), ('int', 56, 4, 10, 0),
    ('real', 59, 4, 24, 0), ('datetime', 61, 8, 23, 3), ('float', 62, 8, 53, 0), ('bit', 104, 1, 1, 0),
    ('decimal', 106, 17, 38, 38), ('numeric', 108, 17, 38, 38), ('bigint', 127, 8, 19, 0), ('varbinary', 165, 8000, 0, 0),
    ('varchar', 167, 8000, 0, 0), ('binary', 173, 8000, 0, 0), ('char', 175, 8000, 0, 0), ('nvarchar', 231, 8000, 0, 0),
    ('nchar', 239, 8000, 0, 0), ('money', 60, 8, 19, 4)) as v(n, i, l, p, s);
create view sys.columns as select sys.id_of(s, t) as object_id, c as name, n as column_id, y.system_type_id, y.user_type_id,
    case when sys.first_of(d) = 'max' then -1 when k in ('nvarchar', 'nchar') then 2 * cast(sys.first_of(d) as int)
        when k in ('varchar', 'char', 'varbinary', 'binary') then cast(sys.first_of(d) as int) else y.max_length end as max_length,
    case when k in ('decimal', 'numeric') then coalesce(cast(sys.first_of(d) as int), 18) else y.precision end as precision,
    case when k in ('decimal', 'numeric') then sys.second_of(d) when k in ('datetime2', 'time', 'datetimeoffset')
        then coalesce(cast(sys.first_of(d) as int), 7) else y.scale end as scale,
    y.collation_name, _columns.is_nullable, false as is_identity, false as is_computed, false as is_masked, false as is_hidden,
    false as is_rowguidcol, false as is_sparse, 0 as generated_always_type, 0 as default_object_id, null as masking_function,
    null as encryption_type, s as _schema, t as _table
    from sys._columns left join sys.types as y on y.name = k;
create view sys.all_columns as select * from sys.columns;
create view sys._numbered as select *, cast(row_number() over (partition by schema_name, table_name order by type in (1, 5) desc, index_name) as int) as n from sys._indexes;
create view sys.indexes as select sys.id_of(i.schema_name, i.table_name) as object_id, index_name as name, n as index_id,
    i.type, case i.type when 1 then 'CLUSTERED' when 2 then 'NONCLUSTERED' when 5 then 'CLUSTERED COLUMNSTORE'
    else 'NONCLUSTERED COLUMNSTORE' end as type_desc, is_unique, is_primary_key, false as is_unique_constraint,
    false as has_filter, null as filter_definition, false as is_disabled, 1 as data_space_id, 0 as fill_factor, false as is_hypothetical
    from sys._numbered as i inner join sys.tables as t on t._schema = i.schema_name and t.name = i.table_name
    union all select object_id, null, 0, 0, 'HEAP', false, false, false, false, null, false, 1, 0, false from sys.tables
    where not exists (select 1 from sys._indexes as i where i.schema_name = _schema and i.table_name = name and i.type in (1, 5));
create view sys.index_columns as select sys.id_of(schema_name, table_name) as object_id, i.n as index_id,
    cast(k.n as int) as index_column_id, c.n as column_id, case when k.n <= len(columns) then cast(k.n as int) else 0 end as key_ordinal,
    false as is_descending_key, k.n > len(columns) as is_included_column, 0 as partition_ordinal
    from (select *, unnest(range(1, len(columns) + len(included) + 1)) as at from sys._numbered) as i
    inner join (select 1 as one) as o on true inner join (select unnest(range(1, 500)) as n) as k on k.n = i.at
    inner join sys._columns as c on c.s = schema_name and c.t = table_name and lower(c.c) = lower(list_concat(columns, included)[k.n]);
create view sys.key_constraints as select index_name as name, sys.id_of(schema_name, index_name) as object_id, 'PK' as type,
    'PRIMARY_KEY_CONSTRAINT' as type_desc, sys.id_of(schema_name, table_name) as parent_object_id, n as unique_index_id,
    sys.id_of('', schema_name) as schema_id, false as is_system_named from sys._numbered where is_primary_key;
create view sys.partitions as select object_id, 0 as index_id, 1 as partition_number, _rows as rows, 0 as data_compression,
    'NONE' as data_compression_desc, object_id as partition_id, object_id as hobt_id from sys.tables;
create view sys.dm_db_partition_stats as select object_id, 0 as index_id, _rows as row_count, 0 as used_page_count, 0 as reserved_page_count from sys.tables;
create view sys.sql_modules as select sys.id_of(schema_name, view_name) as object_id, definition from sys._views;
create view sys.sql_expression_dependencies as select sys.id_of(schema_name, view_name) as referencing_id,
    sys.name_id(name) as referenced_id, null as referenced_server_name, null as referenced_database_name, 0 as referencing_minor_id, 0 as referenced_minor_id, sys.bare(name)[-2] as referenced_schema_name, sys.bare(name)[-1] as referenced_entity_name,
    1 as referencing_class, 1 as referenced_class, false as is_schema_bound_reference
    from (select schema_name, view_name, unnest(names) as name from sys._views);
create view sys.masked_columns as select * from sys.columns where false;
create view sys.identity_columns as select *, 1 as seed_value, 1 as increment_value from sys.columns where false;
create view sys.computed_columns as select *, '' as definition, false as is_persisted from sys.columns where false;
create view sys.default_constraints as select 0 as object_id, '' as name, 0 as parent_object_id, 0 as parent_column_id, '' as definition, 0 as schema_id where false;
create view sys.check_constraints as select 0 as object_id, '' as name, 0 as parent_object_id, 0 as schema_id, '' as definition where false;
create view sys.foreign_keys as select 0 as object_id, '' as name, 0 as parent_object_id, 0 as referenced_object_id, 0 as schema_id,
    '' as delete_referential_action_desc, '' as update_referential_action_desc where false;
create view sys.foreign_key_columns as select 0 as constraint_object_id, 0 as parent_object_id, 0 as parent_column_id,
    0 as referenced_object_id, 0 as referenced_column_id, 0 as constraint_column_id where false;
create view sys.synonyms as select '' as name, 0 as object_id, 0 as schema_id, '' as base_object_name where false;
create view sys.stats as select 0 as object_id, '' as name, 0 as stats_id where false;
create view sys.procedures as select '' as name, 0 as object_id, 0 as schema_id where false;
create view sys.triggers as select '' as name, 0 as object_id, 0 as parent_id where false;
create view sys.databases as select database_name as name, sys.id_of('', database_name) as database_id, 'Latin1_General_100_BIN2' as collation_name,
    0 as state, 'ONLINE' as state_desc, 150 as compatibility_level, true as is_read_committed_snapshot_on, 1 as snapshot_isolation_state,
    false as is_read_only, 'SIMPLE' as recovery_model_desc from duckdb_databases() where not internal and database_name <> 'memory';
create view sys.database_principals as select name, sys.id_of('', name) as principal_id, type, case type when 'R' then 'DATABASE_ROLE' else 'SQL_USER' end as type_desc,
    'dbo' as default_schema_name from sys._principals union all select 'dbo', 1, 'S', 'SQL_USER', 'dbo';
create view sys.database_role_members as select sys.id_of('', role_name) as role_principal_id, sys.id_of('', member_name) as member_principal_id from sys._members;
create view sys.database_permissions as select state, permission_name, sys.id_of('', grantee) as grantee_principal_id, securable from sys._permissions;
create view sys.information_schema_schemata as select current_database() as catalog_name, name as schema_name, 'dbo' as schema_owner from sys.schemas;
create view sys.information_schema_tables as select current_database() as table_catalog, _schema as table_schema, name as table_name,
    case type when 'V ' then 'VIEW' else 'BASE TABLE' end as table_type from sys.objects where type in ('U ', 'V ') and name not like '#%';
create view sys.information_schema_views as select current_database() as table_catalog, schema_name as table_schema, view_name as table_name,
    definition as view_definition from sys._views;
create view sys.information_schema_columns as select current_database() as table_catalog, _schema as table_schema, _table as table_name,
    c.name as column_name, column_id as ordinal_position, null as column_default, case when c.is_nullable then 'YES' else 'NO' end as is_nullable, t.name as data_type,
    case when t.name like '%char' then case when c.max_length < 0 then -1 when t.name like 'n%' then c.max_length // 2 else c.max_length end
        when t.name like '%binary' then c.max_length end as character_maximum_length,
    case when t.name in ('decimal', 'numeric', 'int', 'bigint', 'smallint', 'tinyint', 'float', 'real', 'money') then c.precision end as numeric_precision,
    case when t.name in ('decimal', 'numeric', 'int', 'bigint', 'smallint', 'tinyint', 'money') then c.scale end as numeric_scale,
    case when t.name in ('datetime2', 'datetimeoffset', 'time') then c.scale end as datetime_precision, c.collation_name
    from sys.columns as c inner join sys.types as t on t.user_type_id = c.user_type_id;
create view sys.information_schema_table_constraints as select current_database() as constraint_catalog, schema_name as constraint_schema,
    index_name as constraint_name, current_database() as table_catalog, schema_name as table_schema, table_name, 'PRIMARY KEY' as constraint_type from sys._indexes where is_primary_key;
create view sys.information_schema_key_column_usage as select current_database() as constraint_catalog, schema_name as constraint_schema, index_name as constraint_name,
    current_database() as table_catalog, schema_name as table_schema, table_name, c as column_name, ordinal as ordinal_position from
    (select *, unnest(columns) as c, unnest(range(1, len(columns) + 1)) as ordinal from sys._indexes where is_primary_key);
create view sys.information_schema_constraint_column_usage as select * from sys.information_schema_key_column_usage;
"""

_REFERENTIAL = """
create view sys.information_schema_referential_constraints as select '' as constraint_catalog, '' as constraint_schema, '' as constraint_name,
    '' as unique_constraint_catalog, '' as unique_constraint_schema, '' as unique_constraint_name, '' as match_option, '' as update_rule, '' as delete_rule where false;
"""

_FUNCTIONS = """
create macro sys.object_id(n) as (select min(o.object_id) from sys.objects as o where o.object_id = sys.name_id(n)),
    (n, k) as (select min(o.object_id) from sys.objects as o where o.object_id = sys.name_id(n) and trim(o.type) = trim(k));
create macro sys.object_name(i) as (select min(o.name) from sys.objects as o where o.object_id = i);
create macro sys.object_schema_name(i) as (select min(o._schema) from sys.objects as o where o.object_id = i);
create macro sys.schema_id(n) as (select min(o.schema_id) from sys.schemas as o where lower(o.name) = lower(n)), () as sys.id_of('', 'dbo');
create macro sys.schema_name(i) as (select min(o.name) from sys.schemas as o where o.schema_id = i), () as 'dbo';
create macro sys.type_name(i) as (select min(o.name) from sys.types as o where o.user_type_id = i);
create macro sys.col_length(at_table, at_column) as (select min(c.max_length) from sys.columns as c where c.object_id = sys.name_id(at_table) and lower(c.name) = lower(at_column));
create macro sys.columnproperty(at_table, at_column, property) as (select min(case when lower(property) = 'allowsnull' then cast(c.is_nullable as int) else 0 end)
    from sys.columns as c where c.object_id = at_table and lower(c.name) = lower(at_column));
create macro sys.indexproperty(at_table, at_index, property) as (select min(i.index_id) from sys.indexes as i where i.object_id = at_table and i.name = at_index);
create macro sys.db_name() as current_database(), (i) as current_database();
create macro sys.db_id() as sys.id_of('', current_database()), (n) as (select min(database_id) from sys.databases where name = n);
create macro sys.quotename(n) as '[' || replace(n, ']', ']]') || ']', (n, q) as q || replace(n, q, q || q) || q;
create macro sys.text_length(x) as cast(length(rtrim(cast(x as varchar), ' ')) as int);
create macro sys.to_bytes(x) as case when typeof(x) = 'BLOB' then cast(cast(x as varchar) as blob) else encode(cast(x as varchar)) end;
create macro sys.datalength(x) as octet_length(sys.to_bytes(x));
create macro sys.cut_number(x) as case when typeof(x) in ('DOUBLE', 'FLOAT') or typeof(x) like 'DECIMAL%'
    then cast(trunc(cast(cast(x as varchar) as decimal(38, 10))) as decimal(38, 0)) else cast(case when typeof(x) = 'BOOLEAN' then cast(cast(x as varchar) = 'true' as int) else cast(cast(x as varchar) as decimal(38, 0)) end as decimal(38, 0)) end;
create macro sys.try_cut_number(x) as case when typeof(x) in ('DOUBLE', 'FLOAT') or typeof(x) like 'DECIMAL%'
    then cast(trunc(try_cast(cast(x as varchar) as decimal(38, 10))) as decimal(38, 0)) when regexp_full_match(trim(cast(x as varchar)), '[+-]?[0-9]+') then try_cast(cast(x as varchar) as decimal(38, 0)) end;
create macro sys.divided(a, b) as case when typeof(a) like '%INT%' and typeof(b) like '%INT%' then cast(a // b as double)
    when typeof(a) = 'BOOLEAN' then null else a / b end;
create macro sys.strpos_or_0(x, piece) as case when coalesce(piece, '') = '' then 0 else strpos(x, piece) end;
create macro sys.getutcdate() as cast(now() at time zone 'UTC' as timestamp);
create macro sys.getdate() as cast(now() at time zone 'UTC' as timestamp);
create macro sys.sysutcdatetime() as cast(now() at time zone 'UTC' as timestamp);
create macro sys.sysdatetime() as cast(now() at time zone 'UTC' as timestamp);
create macro sys.sysdatetimeoffset() as now();
create macro sys.switchoffset(m, z) as m;
create macro sys.todatetimeoffset(m, z) as m at time zone 'UTC';
create macro sys.newid() as uuid();
create macro sys.isjson(x) as case when json_valid(x) then 1 else 0 end;
create macro sys.has_perms_by_name(a, b, c) as 1;
create macro sys.is_member(r) as 1;
create macro sys.is_rolemember(r) as 1, (r, u) as 1;
create macro sys.is_srvrolemember(r) as 0;
create macro sys.suser_name() as 'tester';
create macro sys.suser_sname() as 'tester';
create macro sys.user_name() as 'dbo', (i) as 'dbo';
create macro sys.databasepropertyex(d, p) as case lower(p) when 'updateability' then 'READ_WRITE' when 'collation' then 'Latin1_General_100_BIN2' when 'status' then 'ONLINE' end;
create macro sys.collationproperty(c, p) as case when lower(c) like '%utf8' then 65001 when lower(c) like 'latin1%' then 1252 end;
"""


def install(connection: duckdb.DuckDBPyConnection, version: str, referential: bool, edition: int = 3) -> None:
    """Makes the catalogue in the current database, `version` being its serverproperty('ProductVersion')."""
    connection.execute("create schema dbo; create schema sys")
    for part in (_TABLES, _MACROS, _VIEWS, _REFERENTIAL if referential else "", _FUNCTIONS):
        connection.execute(part)
    for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"):
        span = f"date_diff('{unit}', cast(a as timestamp), cast(b as timestamp))"
        connection.execute(f"create macro sys.date_span_{unit}(a, b) as {span}")
    connection.execute(
        f"""create macro sys.serverproperty(p) as case lower(p) when 'productversion' then '{version}'
        when 'productmajorversion' then '{version.split(".")[0]}' when 'edition' then 'Developer Edition (64-bit)'
        when 'engineedition' then '{edition}' when 'collation' then 'Latin1_General_100_BIN2'
        when 'servername' then 'standin' when 'machinename' then 'standin' end"""
    )
