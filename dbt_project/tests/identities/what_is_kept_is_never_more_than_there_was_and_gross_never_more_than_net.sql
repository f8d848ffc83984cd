{# What: rows of retention that contradict themselves: more schools kept than there were, more kept gross than
   there was or than is there net, ratios out of range. When: always our fault. Resolve: see
   macros/measures/kept_gross.sql and kept_net.sql. #}
select
    breakdown,
    breakdown_value,
    currency,
    academic_year
from {{ ref('retention_yearly') }}
where schools_kept > schools_opening
    or schools_kept > schools_closing
    or kept_gross_value > opening_value
    or kept_gross_value > kept_net_value
    or kept_net_value > closing_value
    or kept_gross_seats > opening_seats
    or kept_net_seats > closing_seats
    or gross_value_retention > 1
