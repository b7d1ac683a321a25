//! Pairs of tables that one query names together without a foreign key between them. Those with one are allowed by
//! [`super::schema`]; the compiler asks for a pair that is missing here. Diesel's own way, every table with every other,
//! costs an implementation for each of some 4,500 pairs, and more of the compiler's time than all our code.

use super::schema::*;

diesel::allow_tables_to_appear_in_same_query!(account, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(account, officer_code);
diesel::allow_tables_to_appear_in_same_query!(activity, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(appeal, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(appeal, gift);
diesel::allow_tables_to_appear_in_same_query!(appeal_version, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_list, blood_honour_shown);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_list, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_shown, blood_honour_threshold);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_shown, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_threshold, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(blood_result, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, commendation);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, course);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, drive);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, family_link);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, information_request);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, job);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, member_span);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, officer);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, organ_registration);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, practice_model);
diesel::allow_tables_to_appear_in_same_query!(chapter_ancestor, stock_on_hand);
diesel::allow_tables_to_appear_in_same_query!(chapter_former_name, chapter_version);
diesel::allow_tables_to_appear_in_same_query!(document, upload);
diesel::allow_tables_to_appear_in_same_query!(entry, fund);
diesel::allow_tables_to_appear_in_same_query!(entry, log_leaf);
diesel::allow_tables_to_appear_in_same_query!(fund, left_overall);
diesel::allow_tables_to_appear_in_same_query!(fund, posting);
diesel::allow_tables_to_appear_in_same_query!(fund, total_by_day);
diesel::allow_tables_to_appear_in_same_query!(fund, total_overall);
diesel::allow_tables_to_appear_in_same_query!(log_leaf, public_entry);
diesel::allow_tables_to_appear_in_same_query!(post_holder, post_title);
