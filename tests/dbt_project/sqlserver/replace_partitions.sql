delete from "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine"
    where
        "activity_date" in (select d.partition_date from (select t.partition_date
    from (
        select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log'
        union all
        select b.partition_date, b.row_count, b.hash_sum from "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine__built" as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)) as d)
        or (
            "activity_date" is null
            and exists (select 1 from (select t.partition_date
    from (
        select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log'
        union all
        select b.partition_date, b.row_count, b.hash_sum from "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine__built" as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)) as d where d.partition_date is null)
        );

    insert into "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine" ("activity_date")
    select "activity_date"
    from "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine"
;

drop table if exists "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine__built";
    select q.* into "warehouse"."intermediate"."what_replace_partitions_says_to_the_engine__built" from (select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log') as q
