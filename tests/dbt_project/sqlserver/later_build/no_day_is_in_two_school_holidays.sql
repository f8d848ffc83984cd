BEGIN TRANSACTION
create view
    [intermediate].[testview_0c8eff052e6e6bd18752fb517b6f955d]
   as
select
    one.holiday,
    one.starts_on
from "warehouse"."intermediate"."school_holidays" as one
inner join "warehouse"."intermediate"."school_holidays" as other
    on one.starts_on <= other.ends_on
    and one.ends_on >= other.starts_on
    and (one.starts_on <> other.starts_on or one.holiday <> other.holiday);
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION
