select
    "_place",
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
    "raw",
    "_deleted"
from "staging_shop"."_copy_things_0123456789ab"
where "_place" % 40 = 0
order by "_place"
