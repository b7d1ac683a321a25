DROP TABLE audit_event;
DROP TABLE key_in_use;
DROP TABLE role_assignment_acts_for;
DROP TABLE role_assignment;
DROP TABLE login_delay;
DROP TABLE session;
DROP TABLE account;
DROP TABLE officer;
