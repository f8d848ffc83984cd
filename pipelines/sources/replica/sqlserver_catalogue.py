"""What is asked of a SQL Server beside its tables. `%s` is a text literal. Valid since SQL Server 2016."""

from __future__ import annotations

# A masked column gives a login without UNMASK invented values, an encrypted one bytes: neither is its type.
COLUMNS = """\
select c.name,
    case
        when c.encryption_type is not null then 'encrypted '
        when c.is_masked = 1 and has_perms_by_name(db_name(), 'DATABASE', 'UNMASK') = 0 then 'masked '
        else ''
    end + coalesce(type_name(c.system_type_id), type_name(c.user_type_id))
from sys.columns as c
where c.object_id = object_id(%s)
order by c.column_id"""

# SQL Server lets one NULL into a unique index, so a column that may be NULL is no key to page by.
UNIQUE_KEYS = """\
select i.name, c.name
from sys.indexes as i
inner join sys.index_columns as k on k.object_id = i.object_id and k.index_id = i.index_id
inner join sys.columns as c on c.object_id = k.object_id and c.column_id = k.column_id
where i.object_id = object_id(%s)
    and i.is_unique = 1 and i.has_filter = 0 and i.is_disabled = 0 and k.key_ordinal > 0
    and not exists (
        select 1
        from sys.index_columns as o
        inner join sys.columns as n on n.object_id = o.object_id and n.column_id = o.column_id
        where o.object_id = i.object_id and o.index_id = i.index_id and o.key_ordinal > 0
            and n.is_nullable = 1
    )"""

LEADING = """\
select distinct c.name
from sys.indexes as i
inner join sys.index_columns as k on k.object_id = i.object_id and k.index_id = i.index_id
inner join sys.columns as c on c.object_id = k.object_id and c.column_id = k.column_id
where i.object_id = object_id(%s) and i.has_filter = 0 and i.is_disabled = 0 and k.key_ordinal = 1"""

PROOF = """\
select convert(nvarchar(60), databasepropertyex(db_name(), 'Updateability')),
    coalesce(has_perms_by_name(null, null, 'VIEW SERVER STATE'), 0)"""

ENCRYPTED = "select encrypt_option from sys.dm_exec_connections where session_id = @@spid"

CLOCK = "select sysutcdatetime()"

LAG = """\
select max(cast(s.is_suspended as int)), max(s.secondary_lag_seconds)
from sys.dm_hadr_database_replica_states as s
where s.is_local = 1 and s.is_primary_replica = 0 and s.database_id = db_id()"""

CONNECTIONS = "select count(*), @@max_connections from sys.dm_exec_sessions where is_user_process = 1"
