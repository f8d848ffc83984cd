select
    s."id",
    s."code",
    s."title"
from "staging_shop"."things" as s
where s."_instance" = ? and exists (
    select 1
    from openjson(?)
    with (
        "id" bigint '$.c0',
        "code" nvarchar(850) '$.c1'
    ) as k
    where k."id" = s."id" and k."code" = s."code"
)
