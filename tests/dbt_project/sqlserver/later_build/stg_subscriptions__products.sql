select cast(null as int) as definition, 0 as needs_refresh where 1 = 0;
BEGIN TRANSACTION
CREATE OR ALTER VIEW "staging"."stg_subscriptions__products" AS with landed as (
    select * from "warehouse"."staging_subscriptions"."products"
),
renamed as (
    select
        _instance as instance,
        id as product_id,
        code as product_code,
        name as product_name,
        family as product_family,
        updated_at
    from landed
)
select * from renamed;
IF @@TRANCOUNT > 0 COMMIT TRANSACTION
