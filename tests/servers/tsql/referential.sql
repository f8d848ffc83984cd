-- What servers of the Babelfish kind lack.
create view sys.information_schema_referential_constraints as select '' as constraint_catalog, '' as constraint_schema, '' as constraint_name,
    '' as unique_constraint_catalog, '' as unique_constraint_schema, '' as unique_constraint_name, '' as match_option, '' as update_rule, '' as delete_rule where false;
