select TABLE_NAME
from INFORMATION_SCHEMA.TABLES
where TABLE_SCHEMA = N'staging_shop' and substring(TABLE_NAME, 1, 6) = N'_copy_'
