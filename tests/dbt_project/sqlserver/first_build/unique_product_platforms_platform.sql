BEGIN TRANSACTION

create view 
    [intermediate].[testview_a669a8f0a005ff49cc30c4c4398db5e8]
   as 
select
    platform as unique_field,
    count(*) as n_records
from "warehouse"."intermediate"."product_platforms"
where platform is not null
group by platform
having count(*) > 1;

IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION

IF @@TRANCOUNT > 0 COMMIT TRANSACTION
