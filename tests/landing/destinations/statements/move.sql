insert into "staging_shop"."things" ("id", "code", "title", "story", "payload", "price", "ratio", "yes", "day", "at", "raw", "_deleted")
select "id", "code", "title", "story", "payload", "price", "ratio", "yes", "day", "at", "raw", "_deleted"
from "staging_shop"."_copy_things_0123456789ab"
