"""What a PostgreSQL server is asked about itself and its tables: pg_catalog only, open to every login."""

from __future__ import annotations

# %s twice: the schema and the table, as literals. Domains are what they are made of.
COLUMNS = """
with recursive wanted as (
    select a.attname, a.attnum, a.atttypid
    from pg_catalog.pg_attribute as a
    inner join pg_catalog.pg_class as c on c.oid = a.attrelid
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = %s and c.relname = %s and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and a.attnum > 0 and not a.attisdropped
),
bases as (
    select attname, attnum, atttypid from wanted
    union all
    select b.attname, b.attnum, t.typbasetype
    from bases as b inner join pg_catalog.pg_type as t on t.oid = b.atttypid
    where t.typtype = 'd'
)
select cast(b.attname as text),
    case when t.typtype = 'e' then 'enum'
        when t.typelem = 0 and t.typnamespace <> cast('pg_catalog' as regnamespace)
            then cast(t.typname as text)
        else pg_catalog.format_type(t.oid, null) end
from bases as b inner join pg_catalog.pg_type as t on t.oid = b.atttypid
where t.typtype <> 'd'
order by b.attnum
"""

# A unique index over a column that can be NULL allows any number of NULLs: no key to page by. Nor is one that
# covers only some rows, or a parent's without those of the tables that inherit from it.
UNIQUE_KEYS = """
select cast(i.indexrelid as text), cast(a.attname as text)
from pg_catalog.pg_index as i
inner join pg_catalog.pg_class as c on c.oid = i.indrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_attribute as a
    on a.attrelid = c.oid and a.attnum = any ((cast(i.indkey as int2[]))[0:i.indnkeyatts - 1])
where n.nspname = %s and c.relname = %s and i.indisunique and i.indisvalid
    and i.indpred is null and i.indexprs is null
    and not exists (
        select from pg_catalog.pg_attribute as o
        where o.attrelid = c.oid and not o.attnotnull
            and o.attnum = any ((cast(i.indkey as int2[]))[0:i.indnkeyatts - 1])
    )
    and not exists (select from pg_catalog.pg_inherits as h where h.inhparent = c.oid and c.relkind = 'r')
"""

LEADING = """
select distinct cast(a.attname as text)
from pg_catalog.pg_index as i
inner join pg_catalog.pg_class as c on c.oid = i.indrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = (cast(i.indkey as int2[]))[0]
where n.nspname = %s and c.relname = %s and i.indisvalid and i.indpred is null
"""

PROOF = """
select coalesce((select s.ssl from pg_catalog.pg_stat_ssl as s where s.pid = pg_backend_pid()), false),
    pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', current_setting('server_encoding')
"""

# While the receiver runs, a standby that has replayed all it received does not lag, however long ago the last
# commit was. Without a receiver it cannot know what it lacks; then the age of the last commit is the answer.
LAG = """
select case
    when not pg_is_in_recovery() then null
    when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
        and exists (select from pg_catalog.pg_stat_wal_receiver) then 0
    else greatest(0, cast(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())
        as double precision))
    end
"""

IS_AURORA = "select to_regprocedure('aurora_replica_status()') is not null"
# a reader shares the writer's storage; what lags is its page cache
AURORA_LAG = """
select cast(max(replica_lag_in_msec) as double precision) / 1000
from aurora_replica_status()
where server_id = aurora_db_instance_identifier() and session_id <> 'MASTER_SESSION_ID'
"""

# others' sessions are visible, what they are is not; background workers have no database or no user
CONNECTIONS = """
select (select count(*) from pg_catalog.pg_stat_activity where datid is not null and usesysid is not null),
    cast(current_setting('max_connections') as integer)
    - cast(current_setting('superuser_reserved_connections') as integer)
"""
