-- INFORMATION_SCHEMA as views of DuckDB; a table node's schema is rewritten to these names.
create view sys.information_schema_schemata as select current_database() as catalog_name, name as schema_name, 'dbo' as schema_owner from sys.schemas;
create view sys.information_schema_tables as select current_database() as table_catalog, _schema as table_schema, name as table_name,
    case type when 'V' then 'VIEW' else 'BASE TABLE' end as table_type from sys.objects where type in ('U', 'V') and name not like '#%';
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
