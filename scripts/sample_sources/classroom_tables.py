"""The e-learning platform's tables as SQLite has them."""

from __future__ import annotations

# No primary keys and decimals as TEXT, for the reasons that subscriptions_tables gives.
TABLES: dict[str, str] = {
    "users": "id INTEGER, email TEXT, username TEXT, first_name TEXT, last_name TEXT, date_of_birth TEXT,"
    " role TEXT, school_urn TEXT, status TEXT, created_at TEXT, updated_at TEXT, deleted_at TEXT",
    "classes": "id INTEGER, school_urn TEXT, name TEXT, code TEXT, subject TEXT, grade_level TEXT,"
    " academic_year TEXT, teacher_id INTEGER, starts_on TEXT, ends_on TEXT, status TEXT, created_at TEXT,"
    " updated_at TEXT, deleted_at TEXT",
    "class_members": "id INTEGER, class_id INTEGER, user_id INTEGER, role TEXT, joined_at TEXT, left_at TEXT,"
    " updated_at TEXT",
    "lessons": "id INTEGER, class_id INTEGER, title TEXT, subject TEXT, lesson_type TEXT, starts_at TEXT,"
    " duration_minutes INTEGER, is_published INTEGER, updated_at TEXT",
    "logins": "id INTEGER, user_id INTEGER, logged_in_at TEXT, device TEXT, ip_address TEXT",
    "scores": "id INTEGER, user_id INTEGER, lesson_id INTEGER, attempt INTEGER, score TEXT, max_score TEXT,"
    " submitted_at TEXT, graded_at TEXT, updated_at TEXT",
    "points": "id INTEGER, user_id INTEGER, class_id INTEGER, points INTEGER, reason TEXT, awarded_at TEXT",
    "progress": "user_id INTEGER, lesson_id INTEGER, percent_complete TEXT, seconds_spent INTEGER,"
    " status TEXT, first_opened_at TEXT, last_activity_at TEXT, completed_at TEXT, updated_at TEXT",
    "audit": "id INTEGER, actor_id INTEGER, action TEXT, entity TEXT, entity_id TEXT, details TEXT,"
    " ip_address TEXT, created_at TEXT",
}
# Written in the order in which things happen; ids are given when all has happened.
EVENTS = {"logins": "logged_in_at", "scores": "submitted_at", "points": "awarded_at", "audit": "created_at"}
