insert into "staging_shop"."things" ("id", "code", "title", "story", "payload", "price", "ratio", "yes", "day", "at", "raw", "_deleted")
select
    "id",
    "code",
    "title",
    "story",
    "payload",
    "price",
    "ratio",
    "yes",
    "day",
    "at",
    convert(varbinary(max), "raw", 2),
    "_deleted"
from openjson(?)
with (
    "id" bigint '$.c0',
    "code" nvarchar(850) '$.c1',
    "title" nvarchar(255) '$.c2',
    "story" nvarchar(max) '$.c3',
    "payload" nvarchar(max) '$.c4',
    "price" decimal(12, 2) '$.c5',
    "ratio" float '$.c6',
    "yes" bit '$.c7',
    "day" date '$.c8',
    "at" datetime2(6) '$.c9',
    "raw" varchar(max) '$.c10',
    "_deleted" bit '$.c11'
)
