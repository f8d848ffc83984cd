ALTER TABLE "staging_shop"."things"
ADD
"_dlt_load_id" nvarchar(64)  ,
"_deleted" bit
