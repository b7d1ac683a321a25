DROP TABLE public_member_count;
