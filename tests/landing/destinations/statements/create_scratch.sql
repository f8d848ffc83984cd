create table "staging_shop"."_copy_things_0123456789ab" (
    "_place" bigint not null,
    "id" bigint null,
    "code" nvarchar(850) null,
    "title" nvarchar(255) null,
    "story" nvarchar(max) null,
    "payload" nvarchar(max) null,
    "price" decimal(12, 2) null,
    "ratio" float null,
    "yes" bit null,
    "day" date null,
    "at" datetime2(6) null,
    "raw" varbinary(max) null,
    "_deleted" bit null
)
