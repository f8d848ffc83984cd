BEGIN TRANSACTION
CREATE OR ALTER VIEW "build_core"."dim_products__dbt_tmp__dbt_tmp_vw" AS with products as (
    select * from "warehouse"."staging"."stg_subscriptions__products"
),
subscriptions as (
    select * from "warehouse"."staging"."stg_subscriptions__subscriptions"
),
trials as (
    select * from "warehouse"."staging"."stg_subscriptions__trials"
),
referred as (
    select
        instance,
        product_id
    from subscriptions
    union
    select
        instance,
        product_id
    from trials
),
missing as (
    select
        referred.instance,
        referred.product_id
    from referred
    left join products
        on referred.instance = products.instance
        and referred.product_id = products.product_id
    where products.product_id is null
),
final as (
    select
        concat('subscriptions', ':', instance, ':', product_id, '') as product_key,
        product_code,
        product_name,
        product_family,
        cast(0 as bit) as is_placeholder
    from products
    union all
    select
        concat('subscriptions', ':', instance, ':', product_id, '') as product_key,
        null as product_code,
        null as product_name,
        null as product_family,
        cast(1 as bit) as is_placeholder
    from missing
)
select * from final;
SELECT * INTO "warehouse"."build_core"."dim_products__dbt_tmp" FROM "warehouse"."build_core"."dim_products__dbt_tmp__dbt_tmp_vw";
DROP TABLE "warehouse"."build_core"."dim_products__dbt_tmp";
EXEC sp_rename 'build_core.dim_products', 'dim_products__dbt_backup'
EXEC sp_rename 'build_core.dim_products__dbt_tmp', 'dim_products'
IF @@TRANCOUNT > 0 COMMIT TRANSACTION
IF @@TRANCOUNT > 0 COMMIT TRANSACTION
