-- Persons and organisations, once; what they are called and how they are reached is sealed (DESIGN 10).
CREATE TABLE party (
    id         uuid NOT NULL,
    kind       text NOT NULL,
    name       bytea NOT NULL,
    name_hash  bytea NOT NULL,
    phone      bytea,
    phone_hash bytea,
    created_at timestamptz NOT NULL,
    CONSTRAINT party_pk PRIMARY KEY (id),
    CONSTRAINT party_contact_key UNIQUE (phone_hash, name_hash, kind),
    CONSTRAINT party_kind_known CHECK (kind IN ('PERSON', 'ORGANISATION', 'HOUSEHOLD_BUSINESS')),
    CONSTRAINT party_phone_sealed CHECK ((phone IS NULL) = (phone_hash IS NULL))
);

CREATE TABLE item (
    code   text NOT NULL,
    name   text NOT NULL,
    name_en text NOT NULL,
    folded text NOT NULL,
    units  text[] NOT NULL,
    CONSTRAINT item_pk PRIMARY KEY (code),
    CONSTRAINT item_code_form CHECK (code ~ '^[A-Z][A-Z0-9_]{1,39}$'),
    CONSTRAINT item_has_units CHECK (cardinality(units) >= 1)
);
