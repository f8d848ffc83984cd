BEGIN TRANSACTION
create table "warehouse"."intermediate"."product_platforms" ("product_code" nvarchar(40),"platform" nvarchar(40));
insert into "warehouse"."intermediate"."product_platforms" ("product_code", "platform") values (?, ?), (?, ?), (?, ?), (?, ?);
IF @@TRANCOUNT > 0 COMMIT TRANSACTION
