"""Lines of a tracking log for the benchmark, as one DuckDB query: 85 % requests, the rest acts of five kinds.

About 800 bytes a line, compressed to a sixth; one line in 20,000 is cut off, and one in 20,000 ends with
`@@`, for which whoever writes it puts in bytes that are not UTF-8.
"""

from __future__ import annotations

_COURSE = "concat('course-v1:UniX+Bench', cast(i % 12 as varchar), 'x+1T2026')"
_BLOCK = "concat('block-v1:UniX+Bench', cast(i % 12 as varchar), 'x+1T2026+type@', kind, '+block@', b)"
_PAYLOAD = f"""case
    when n < 85 then concat('"{{\\"POST\\": {{}}, \\"GET\\": {{\\"k\\": [\\"',
        h, md5(concat(h, 'a')), left(md5(concat(h, 'b')), cast(i % 32 as integer)),
        repeat('ab', 20), '\\"]}}}}"')
    when n < 92 then concat('"{{\\"id\\": \\"', b, '\\", \\"code\\": \\"html5\\", ',
        '\\"currentTime\\": ',
        cast(i % 600 as varchar), '.25, \\"duration\\": 600}}"')
    when n < 96 then concat('{{"old": 1, "new": 3, "id": "', {_BLOCK}, '", "tab_count": 7}}')
    when n < 99 then concat('{{"problem_id": "', {_BLOCK}, '", "attempts": 1, "grade": 1, "max_grade": 1, ',
        '"success": "correct", "answers": {{"', b, '_2_1": "choice_1"}}, "correct_map": {{"', b,
        '_2_1": {{"correctness": "correct", "npoints": null, "hint": "", "msg": ""}}}}, "submission": {{"', b,
        '_2_1": {{"response_type": "multiplechoiceresponse", "answer": "Paris", "correct": true, ',
        '"input_type": "choicegroup", "question": "What is the capital?", "variant": ""}}}}}}')
    else concat('{{"id": "', left(h, 24), '", "commentable_id": "', b, '", "thread_type": "question", ',
        '"title": "How", "body": "', repeat('I wonder. ', 20), '"}}') end"""
_NAMES = """case when n < 85 then concat('/courses/', course, '/courseware/', b, '/', left(h, 12), '/')
    when n < 88 then 'play_video' when n < 90 then 'pause_video' when n < 92 then 'load_video'
    when n < 96 then 'seq_goto' when n < 99 then 'problem_check' else 'edx.forum.thread.created' end"""


def query(rows: int, day: str) -> str:
    """One column `line`, `rows` of them, of one UTC day (YYYY-MM-DD)."""
    return f"""with numbered as (
        select i, (i * 7919) % 100 as n, md5(concat('{day}', cast(i as varchar))) as h,
            md5(cast(i % 480 as varchar)) as b, i * 31 % 12000 as u from range({rows}) as t (i)
    ), named as (
        select *, {_COURSE} as course, case when n < 96 then 'sequential' else 'problem' end as kind,
            case when n < 85 or n >= 96 then 'server' else 'browser' end as source from numbered
    ), told as (select *, {_NAMES} as act, {_PAYLOAD} as payload from named),
    whole as (
        select i, concat('{{"username": "learner_', lpad(cast(u as varchar), 5, '0'),
            '", "event_type": "', act,
            '", "name": "', act, '", "ip": "10.1.', cast(u % 250 as varchar), '.7", "agent": "Mozilla/5.0 ',
            '(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0", ',
            '"host": ',
            '"courses.edx.org", "session": "', h, '", "referer": "https://courses.edx.org/courses/', course,
            '/courseware/', md5(concat(h, 'c')), '/", "accept_language": "en-GB,en;q=0.8", ',
            '"event": ', payload,
            ', "event_source": "', source, '", "context": {{"course_user_tags": {{}}, "user_id": ',
            cast(u + 1000 as varchar), ', "org_id": "UniX", "course_id": "', course,
            '", "path": "/event"}}, ',
            '"time": "{day}T', strftime(timestamp '2026-01-01' + to_microseconds(i * 86400000000 // {rows}),
            '%H:%M:%S.%f'), '+00:00", "page": null}}') as line from told
    )
    select case when i % 20000 = 11 then left(line, 512)
        when i % 20000 = 17 then concat(rtrim(line, '}}'), '@@') else line end as line from whole"""
