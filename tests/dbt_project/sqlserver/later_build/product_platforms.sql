BEGIN TRANSACTION
truncate table "warehouse"."intermediate"."product_platforms";
insert into "warehouse"."intermediate"."product_platforms" ("product_code", "platform") values (?, ?), (?, ?), (?, ?), (?, ?);
IF @@TRANCOUNT > 0 COMMIT TRANSACTION
