"""A warehouse with an edX instance's tracking logs as they would have landed, made by queries.

Two years of days of equal length: sessions of 25 lines by one learner, requests and acts as a log mixes them.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.contracts import META_COLUMNS, TableContract, contract_path, load_contract
from pipelines.landing.touched import record_touched
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

FIRST_DAY = date(2024, 7, 30)
DAYS = 730
_META = dict(zip(META_COLUMNS, ("varchar", "bigint", "varchar", "boolean"), strict=True))
_NUMBERED = """select i, i // {per_day} as day, (i * 7919) % 200 as n, i % {per_day} % 25 as place,
    i % {per_day} // 25 as session from range({first}, {end}) as t (i)"""
_PLACED = """select *, hash(day * 1000000 + session) % {per_day} as u,
    date '{first_day}' + cast(day as integer) as event_date, session * 7919 % 80000 + place * 35 as second
    from numbered"""
_LINES = """select concat('unix-edx-events-', event_date, '.log.gz.gpg') as _file_key, i * 800 as _offset,
    i as line_hash, event_date + to_seconds(cast(second as bigint)) as time, event_date,
    case when n between 170 and 191 then 'browser' else 'server' end as event_source,
    case when n < 170 then null when n < 177 then 'play_video' when n < 184 then 'pause_video'
        when n < 192 then 'seq_next' when n < 198 then 'problem_check'
        when n = 198 then 'edx.forum.thread.created' else 'edx.course.enrollment.activated' end as event_type,
    case when n < 170 then 'request' when n < 184 then 'video' when n < 192 then 'navigation'
        when n < 198 then 'problem' when n = 198 then 'forum' else 'enrollment' end as family,
    case when n < 170 then 'courseware' end as path_class,
    concat('k1:', md5(cast(u as varchar))) as user_id, concat('k1:', md5(concat('n', u))) as username,
    'learner' as account_kind, false as name_too_long,
    concat('course-v1:UniX+Bench', u % 12, 'x+1T2026') as course_id,
    case when n between 170 and 197 then concat('block-v1:UniX+Bench', u % 12, 'x+1T2026+type@',
        case when n < 184 then 'video' when n < 192 then 'sequential' else 'problem' end,
        '+block@', session % 40) end as block_id,
    case when n = 198 then md5(cast(i as varchar)) end as forum_id,
    case when n = 199 then 'audit' end as mode,
    case when n between 170 and 183 then place * 20.5 end as "current_time",
    case when n between 170 and 183 then 600 end as duration,
    case when n between 170 and 183 then 'html5' end as player,
    case when n between 192 and 197 then 1 + i % 3 end as attempts,
    case when n between 192 and 197 then i % 2 end as grade,
    case when n between 192 and 197 then 1 end as max_grade,
    case when n between 192 and 197 then if(i % 2 = 1, 'correct', 'incorrect') end as success,
    'whole' as payload, cast(hash(i) >> 1 as bigint) as _row_hash,
    'bench' as _instance, 'bench' as _dlt_load_id from placed"""
_LEARNERS = """select u, concat('k1:', md5(cast(u as varchar))) as who,
    concat('UniX-Bench', u % 12, 'x-1T2026') as _entity, 'bench' as _instance,
    cast(hash(u) >> 1 as bigint) as _row_hash, 'bench' as _dlt_load_id from range({learners}) as t (u)"""
_PEOPLE = {
    "auth_user": """select who as id, concat('k1:', md5(concat('n', u))) as username,
        'none' as email_domain_class, 'learner' as account_kind, false as is_staff,
        false as is_superuser, true as is_active""",
    "student_courseenrollment": """select u as id, who as user_id, 'audit' as mode, true as is_active,
        concat('course-v1:UniX+Bench', u % 12, 'x+1T2026') as course_id, timestamp '2024-07-01' as created""",
    "snapshots": """select distinct on (_entity) 'auth_user' as table_name,
        date '2024-07-29' as snapshot_date, 'bench.zip' as file_key, 1 as row_count""",
}


class ActivityStandIn:
    """The warehouse of one home; it has as many learners as a day has lines."""

    def __init__(self, settings: Settings, rows: int) -> None:
        self._settings = settings
        self._per_day = max(rows // DAYS, 1)
        self._contract = load_contract(contract_path("edx"))
        self._log = self._contract.tables["tracking_events"]
        settings.home.mkdir(parents=True)
        with open_warehouse(settings) as warehouse:
            create_ops(warehouse)
            warehouse.execute(f"create schema {self._contract.schema}")
            for table in self._contract.tables.values():
                warehouse.execute(f"create table {self._contract.schema}.{table.name} ({_columns(table)})")
            self._enrol(warehouse)
            self._log_days(warehouse, range(DAYS))

    def add_day(self, number: int) -> None:
        """One day more, counted from the first; the landing's own code says that it was touched."""
        with open_warehouse(self._settings) as warehouse:
            self._log_days(warehouse, range(number, number + 1))

    def _enrol(self, warehouse: Warehouse) -> None:
        learners = _LEARNERS.format(learners=self._per_day)
        for table, columns in _PEOPLE.items():
            query = f"{columns}, _entity, _instance, _row_hash, _dlt_load_id from ({learners})"
            warehouse.execute(f"insert into {self._contract.schema}.{table} by name {query}")

    def _log_days(self, warehouse: Warehouse, days: range) -> None:
        places = {
            "per_day": self._per_day, "first": days.start * self._per_day, "end": days.stop * self._per_day,
            "first_day": FIRST_DAY.isoformat(),
        }  # fmt: skip
        query = f"with numbered as ({_NUMBERED}), placed as ({_PLACED}) {_LINES}".format(**places)
        schema, touched = self._contract.schema, {FIRST_DAY + timedelta(days=day) for day in days}
        warehouse.execute(f"insert into {schema}.{self._log.name} by name {query}")
        record_touched(warehouse, schema, self._log, f"load_{days.start}", touched)


def _columns(table: TableContract) -> str:
    types = {column.name: column.duckdb_type for column in table.landed} | _META
    return ", ".join(f'"{name}" {kind}' for name, kind in types.items())
