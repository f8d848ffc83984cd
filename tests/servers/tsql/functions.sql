-- SQL Server's functions as macros of DuckDB, see catalogue.py.
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
-- of bytes the last eight, as SQL Server does
create macro sys.number_of_hex(h) as cast(('0x' || h) as ubigint)::hugeint
    - case when cast(('0x' || h) as ubigint) >= 9223372036854775808 then 18446744073709551616::hugeint else 0::hugeint end;
create macro sys.cut_number(x) as case when typeof(x) = 'BLOB'
    then cast(sys.number_of_hex(right(case when typeof(x) = 'BLOB' then hex(cast(cast(x as varchar) as blob)) else '0' end, 16)) as decimal(38, 0)) when typeof(x) in ('DOUBLE', 'FLOAT') or typeof(x) like 'DECIMAL%'
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
