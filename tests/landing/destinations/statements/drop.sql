drop table if exists "staging_shop"."_copy_things_0123456789ab"
