select
    cast("number" as varchar(60)),
    cast("amount" as varchar(60)),
    "words",
    cast("moment" as varchar(60)),
    cast("clock" as varchar(60)),
    cast("day" as varchar(60)),
    "ratio",
    "yes"
from "staging_shop"."_copy_canary_0123456789ab"
order by "_place"
