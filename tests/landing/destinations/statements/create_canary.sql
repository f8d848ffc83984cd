create table "staging_shop"."_copy_canary_0123456789ab" (
    "_place" bigint not null,
    "number" int null,
    "amount" decimal(20, 4) null,
    "words" nvarchar(40) null,
    "moment" datetimeoffset(6) null,
    "clock" datetime2(6) null,
    "day" date null,
    "ratio" float null,
    "yes" bit null
)
