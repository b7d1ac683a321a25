//! Generated from the migrations by `UPDATE_SCHEMA=1 make test-schema`; never edited by hand.

diesel::table! {
    account (id) {
        id -> Uuid,
        officer_id -> Uuid,
        user_name -> Text,
        phone -> Nullable<Bytea>,
        phone_hash -> Nullable<Bytea>,
        password_hash -> Text,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
        chapter_id -> Uuid,
        one_time_until -> Nullable<Timestamptz>,
        request_hash -> Nullable<Bytea>,
        epoch -> BigInt,
    }
}

diesel::table! {
    account_by_day (scope_id, day, fund_id, account) {
        scope_id -> Uuid,
        day -> Date,
        fund_id -> Integer,
        account -> Text,
        own_debit -> BigInt,
        own_credit -> BigInt,
        subtree_debit -> BigInt,
        subtree_credit -> BigInt,
    }
}

diesel::table! {
    account_by_month (scope_id, month, fund_id, account) {
        scope_id -> Uuid,
        month -> Date,
        fund_id -> Integer,
        account -> Text,
        own_debit -> BigInt,
        own_credit -> BigInt,
        subtree_debit -> BigInt,
        subtree_credit -> BigInt,
    }
}

diesel::table! {
    account_folded (one) {
        one -> Bool,
        size -> BigInt,
    }
}

diesel::table! {
    activity (id) {
        id -> Uuid,
        code -> Text,
        chapter_id -> Uuid,
        area -> Text,
        movement -> Nullable<Text>,
        campaign_id -> Nullable<Uuid>,
        programme_id -> Nullable<Uuid>,
        title -> Text,
        plan -> Nullable<Text>,
        place -> Text,
        starts_on -> Date,
        ends_on -> Date,
        partners -> Array<Text>,
        is_public -> Bool,
        state -> Text,
        result -> Nullable<Text>,
        persons -> BigInt,
        person_times -> BigInt,
        money_vnd -> BigInt,
        goods_vnd -> BigInt,
        labour_vnd -> BigInt,
        cancelled_reason -> Nullable<Text>,
        version -> Integer,
        made_account -> Uuid,
        made_at -> Timestamptz,
        done_at -> Nullable<Timestamptz>,
        changed_at -> Timestamptz,
        told_persons -> Nullable<BigInt>,
        told_person_times -> Nullable<BigInt>,
    }
}

diesel::table! {
    activity_area (code) {
        code -> Text,
        rank -> SmallInt,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    activity_correction (id) {
        id -> Uuid,
        activity_id -> Uuid,
        version -> Integer,
        reason -> Text,
        activities -> SmallInt,
        persons -> BigInt,
        person_times -> BigInt,
        money_vnd -> BigInt,
        goods_vnd -> BigInt,
        labour_vnd -> BigInt,
        old_result -> Nullable<Text>,
        made_account -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    activity_delivered (scope_id, year, movement) {
        scope_id -> Uuid,
        year -> SmallInt,
        movement -> Text,
        activities -> BigInt,
    }
}

diesel::table! {
    activity_delivery (activity_id, chapter_id) {
        activity_id -> Uuid,
        chapter_id -> Uuid,
    }
}

diesel::table! {
    activity_photo_consent (id) {
        id -> Uuid,
        activity_id -> Uuid,
        document_id -> Uuid,
        ground -> Text,
        person_id -> Nullable<Uuid>,
        text_version -> Nullable<SmallInt>,
        given_on -> Date,
        paper -> Nullable<Text>,
        recorded_account -> Uuid,
        recorded_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_account -> Nullable<Uuid>,
    }
}

diesel::table! {
    activity_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    activity_sum (scope_id, year, month, area, movement, level) {
        scope_id -> Uuid,
        year -> SmallInt,
        month -> SmallInt,
        area -> Text,
        movement -> Text,
        level -> Text,
        activities -> BigInt,
        persons -> BigInt,
        person_times -> BigInt,
        money_vnd -> BigInt,
        goods_vnd -> BigInt,
        labour_vnd -> BigInt,
        told_persons -> BigInt,
        told_person_times -> BigInt,
    }
}

diesel::table! {
    administrative_unit (code, valid_from) {
        code -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        kind -> Text,
        name -> Text,
        full_name -> Text,
        parent_code -> Nullable<Text>,
        resolution -> Text,
        folded -> Text,
    }
}

diesel::table! {
    advance (code) {
        code -> Text,
        entry_id -> Uuid,
        chapter_id -> Uuid,
        fund_id -> Integer,
        order_id -> Nullable<Uuid>,
        amount_vnd -> BigInt,
        open_vnd -> BigInt,
        due_on -> Nullable<Date>,
    }
}

diesel::table! {
    advance_clearing_line (order_id, n) {
        order_id -> Uuid,
        n -> SmallInt,
        account -> Text,
        category -> Nullable<Text>,
        amount_vnd -> BigInt,
    }
}

diesel::table! {
    advance_rule (valid_from) {
        days -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    annotation (code) {
        code -> Text,
        seq -> BigInt,
        kind -> Text,
        of_code -> Text,
        booked -> Date,
        leaf_hash -> Bytea,
    }
}

diesel::table! {
    appeal (id) {
        id -> Uuid,
        code -> Text,
        chapter_id -> Uuid,
        regime -> Text,
        state -> Text,
        version -> Integer,
        fund_id -> Integer,
        quarantine_fund_id -> Integer,
        created_at -> Timestamptz,
        created_by -> Uuid,
    }
}

diesel::table! {
    appeal_limit (regime, clock, valid_from) {
        regime -> Text,
        clock -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        days -> SmallInt,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    appeal_milestone (id) {
        id -> Uuid,
        appeal_id -> Uuid,
        milestone -> Text,
        version -> Integer,
        day -> Date,
        document_id -> Nullable<Uuid>,
        purpose -> Nullable<Text>,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
        statement -> Nullable<Text>,
    }
}

diesel::table! {
    appeal_share (appeal_id, chapter_id) {
        appeal_id -> Uuid,
        chapter_id -> Uuid,
    }
}

diesel::table! {
    appeal_version (appeal_id, version) {
        appeal_id -> Uuid,
        version -> Integer,
        title -> Text,
        purpose -> Text,
        target_vnd -> Nullable<BigInt>,
        receive_from -> Date,
        receive_until -> Date,
        state -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
        recorded_on -> Date,
        extension_ground -> Nullable<Text>,
        extension_no -> Nullable<Text>,
        extension_on -> Nullable<Date>,
        extension_by -> Nullable<Text>,
        extension_level -> Nullable<Text>,
        extension_text -> Nullable<Text>,
    }
}

diesel::table! {
    asked_gift (id) {
        id -> Uuid,
        code -> Text,
        chapter_id -> Uuid,
        appeal_id -> Nullable<Uuid>,
        channel -> Text,
        amount_vnd -> BigInt,
        limit_vnd -> BigInt,
        received_on -> Date,
        content -> Nullable<Bytea>,
        request_hash -> Bytea,
        bare_hash -> Bytea,
        likeness -> Nullable<BigInt>,
        reference_likeness -> Nullable<BigInt>,
        state -> Text,
        approver_chapter_id -> Uuid,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_event (id) {
        id -> BigInt,
        at -> Timestamptz,
        account_id -> Nullable<Uuid>,
        action -> Text,
        subject -> Nullable<Uuid>,
        chapter_id -> Nullable<Uuid>,
        detail -> Nullable<Jsonb>,
    }
}

diesel::table! {
    balance (chapter_id, fund_id, account) {
        chapter_id -> Uuid,
        fund_id -> Integer,
        account -> Text,
        amount_vnd -> BigInt,
    }
}

diesel::table! {
    blood_bag (ml, valid_from) {
        ml -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_centre (id) {
        id -> BigInt,
        code -> Text,
        vi -> Text,
        en -> Text,
        province -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_certificate (id) {
        id -> Uuid,
        donation_id -> Uuid,
        chapter_id -> Uuid,
        code -> Text,
        serial -> Text,
        serial_key -> Text,
        centre -> Text,
        given_on -> Date,
        component -> Text,
        volume_ml -> SmallInt,
        redeemed_ml -> SmallInt,
        state -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    blood_club (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        name -> Text,
        state -> Text,
        made_by -> Uuid,
        made_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    blood_club_member (id) {
        id -> Uuid,
        club_id -> Uuid,
        donor_id -> Uuid,
        joined_on -> Date,
        left_on -> Nullable<Date>,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    blood_compatibility (component, receiver_abo, receiver_rh, giver_abo, giver_rh, valid_from) {
        component -> Text,
        receiver_abo -> Text,
        receiver_rh -> Text,
        giver_abo -> Text,
        giver_rh -> Text,
        rank -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_deferral (code, valid_from) {
        code -> Text,
        place -> SmallInt,
        amount -> SmallInt,
        unit -> Text,
        reason -> Text,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_family (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        name -> Nullable<Bytea>,
        made_by -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    blood_family_member (id) {
        id -> Uuid,
        family_id -> Uuid,
        donor_id -> Uuid,
        left_on -> Nullable<Date>,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    blood_file_layout (code, valid_from) {
        code -> Text,
        centre_id -> Nullable<BigInt>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        headings -> Jsonb,
        words -> Jsonb,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_honour (id) {
        id -> Uuid,
        list_id -> Uuid,
        chapter_id -> Uuid,
        threshold_id -> Uuid,
        donor_id -> Nullable<Uuid>,
        family_id -> Nullable<Uuid>,
        times -> Integer,
        state -> Text,
        decided_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    blood_honour_list (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        awarded_at_id -> Uuid,
        threshold_id -> Uuid,
        until_day -> Date,
        state -> Text,
        decision_no -> Text,
        proposed_by -> Uuid,
        proposed_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    blood_honour_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    blood_honour_shown (id) {
        id -> Uuid,
        honour_id -> Uuid,
        name -> Nullable<Text>,
        text_version -> SmallInt,
        given_on -> Date,
        recorded_account -> Uuid,
        recorded_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_account -> Nullable<Uuid>,
    }
}

diesel::table! {
    blood_honour_threshold (id) {
        id -> Uuid,
        of -> Text,
        times -> SmallInt,
        chapter_id -> Nullable<Uuid>,
        level -> Nullable<Text>,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        decision_no -> Text,
        mark -> Text,
        source -> Text,
        entered_by -> Nullable<Uuid>,
        entered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    blood_interval (after, valid_from) {
        after -> Text,
        days -> Nullable<SmallInt>,
        times -> Nullable<SmallInt>,
        within_days -> Nullable<SmallInt>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_limit (name, valid_from) {
        name -> Text,
        value -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_redemption (id) {
        id -> Uuid,
        certificate_id -> Uuid,
        volume_ml -> SmallInt,
        day -> Date,
        facility -> Nullable<Bytea>,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    blood_result (statement) {
        statement -> Text,
        drive_id -> BigInt,
        drive_code -> Text,
        centre -> Text,
        chapter_id -> Uuid,
        day -> Date,
        version -> SmallInt,
        registered -> Integer,
        gave -> Integer,
        came -> Nullable<Integer>,
        deferred -> Nullable<Integer>,
        units -> Integer,
        ml -> Nullable<BigInt>,
        replaced_by -> Nullable<Text>,
        stated_at -> Timestamptz,
    }
}

diesel::table! {
    blood_result_count (statement, dimension, kinds) {
        statement -> Text,
        dimension -> Text,
        kinds -> Array<Text>,
        persons -> Integer,
    }
}

diesel::table! {
    blood_result_month (scope_id, year, month) {
        scope_id -> Uuid,
        year -> SmallInt,
        month -> SmallInt,
        units -> BigInt,
    }
}

diesel::table! {
    blood_result_year (scope_id, year) {
        scope_id -> Uuid,
        year -> SmallInt,
        drives -> Integer,
        registered -> BigInt,
        gave -> BigInt,
        units -> BigInt,
        came -> BigInt,
        deferred -> BigInt,
        untold -> Integer,
        ml -> BigInt,
        ml_units -> BigInt,
    }
}

diesel::table! {
    blood_result_year_count (scope_id, year, dimension, kind) {
        scope_id -> Uuid,
        year -> SmallInt,
        dimension -> Text,
        kind -> Text,
        persons -> BigInt,
    }
}

diesel::table! {
    blood_target (decision_id, n) {
        decision_id -> Uuid,
        n -> SmallInt,
        chapter_id -> Uuid,
        units -> Integer,
        per_mille -> Nullable<Integer>,
        population -> Nullable<Integer>,
        population_source -> Nullable<Text>,
    }
}

diesel::table! {
    blood_target_decision (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        year -> SmallInt,
        decision_no -> Text,
        state -> Text,
        own_units -> Nullable<Integer>,
        under_id -> Nullable<Uuid>,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        statement -> Nullable<Text>,
        replaced_by_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    blood_value (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vnd_per_unit -> BigInt,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    blood_volume (procedure, least_kg, valid_from) {
        procedure -> Text,
        least_kg -> SmallInt,
        most_ml -> SmallInt,
        ml_per_kg -> Nullable<SmallInt>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    booking (id) {
        id -> Uuid,
        drive_id -> BigInt,
        slot -> Nullable<SmallInt>,
        state -> Text,
        code -> Text,
        content -> Nullable<Bytea>,
        person_hash -> Nullable<Bytea>,
        contact_hash -> Nullable<Bytea>,
        text_version -> Nullable<SmallInt>,
        turn -> BigInt,
        walk_in -> Bool,
        agreed_day -> Date,
        confirmed_at -> Nullable<Timestamptz>,
        answer_by -> Nullable<Timestamptz>,
        reminded_of -> Nullable<Date>,
        made_at -> Timestamptz,
        made_by -> Nullable<Uuid>,
        cancelled_at -> Nullable<Timestamptz>,
        cancelled_how -> Nullable<Text>,
        name_hash -> Nullable<Bytea>,
        moved_up_at -> Nullable<Timestamptz>,
        restricted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    booking_consent_text (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    call_out (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        kind -> Text,
        event -> Text,
        place -> Text,
        why -> Text,
        from_at -> Timestamptz,
        until_at -> Timestamptz,
        needed -> Integer,
        skills -> Array<Text>,
        available -> Bool,
        team_id -> Nullable<Uuid>,
        wave_size -> Integer,
        wave_minutes -> Nullable<Integer>,
        state -> Text,
        enough_at -> Nullable<Timestamptz>,
        next_wave_at -> Nullable<Timestamptz>,
        version -> Integer,
        made_by -> Uuid,
        made_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
        closed_at -> Nullable<Timestamptz>,
        note -> Nullable<Bytea>,
        drive -> Nullable<Text>,
        campaign_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    call_out_answer (id) {
        id -> BigInt,
        asked_id -> Uuid,
        answer -> Text,
        arrives_at -> Nullable<Timestamptz>,
        answered_at -> Timestamptz,
        account_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    call_out_asked (id) {
        id -> Uuid,
        call_out_id -> Uuid,
        wave_id -> Uuid,
        chapter_id -> Uuid,
        volunteer_id -> Uuid,
        person_id -> Uuid,
        party_hash -> Nullable<Bytea>,
        asked_at -> Timestamptz,
        by_message -> Bool,
        code -> Text,
        answer -> Nullable<Text>,
        arrives_at -> Nullable<Timestamptz>,
        answered_at -> Nullable<Timestamptz>,
        shift_id -> Nullable<Uuid>,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Uuid>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    call_out_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    call_out_rule (valid_from) {
        valid_from -> Date,
        quiet_from_minute -> Nullable<Integer>,
        quiet_until_minute -> Nullable<Integer>,
        most_a_month -> Integer,
        most_for_one -> Integer,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    call_out_scan (id) {
        id -> Uuid,
        asked_id -> Uuid,
        what -> Text,
        at -> Timestamptz,
        how -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    call_out_shift (id) {
        id -> Uuid,
        call_out_id -> Uuid,
        n -> SmallInt,
        from_at -> Timestamptz,
        until_at -> Timestamptz,
        needed -> Integer,
    }
}

diesel::table! {
    call_out_stop (person_id, stopped_at) {
        person_id -> Uuid,
        party_hash -> Nullable<Bytea>,
        stopped_at -> Timestamptz,
        lifted_at -> Nullable<Timestamptz>,
        lifted_by -> Nullable<Uuid>,
        lifted_how -> Nullable<Text>,
    }
}

diesel::table! {
    call_out_wave (id) {
        id -> Uuid,
        call_out_id -> Uuid,
        n -> Integer,
        asked_by -> Nullable<Uuid>,
        asked_at -> Timestamptz,
        wanted -> Integer,
        asked -> Integer,
        quiet_reason -> Nullable<Text>,
    }
}

diesel::table! {
    campaign (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        movement -> Nullable<Text>,
        title -> Text,
        title_en -> Nullable<Text>,
        about -> Text,
        about_en -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        state -> Text,
        version -> Integer,
        made_account -> Uuid,
        made_at -> Timestamptz,
        programme_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    campaign_appeal (campaign_id, appeal_id) {
        campaign_id -> Uuid,
        appeal_id -> Uuid,
    }
}

diesel::table! {
    campaign_drive (campaign_id, drive) {
        campaign_id -> Uuid,
        drive -> Text,
    }
}

diesel::table! {
    campaign_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    cash_receipt (chapter_id, year, no) {
        chapter_id -> Uuid,
        year -> SmallInt,
        no -> BigInt,
        entry_id -> Uuid,
        issued_on -> Date,
        issued_at -> Timestamptz,
        issued_by -> Uuid,
    }
}

diesel::table! {
    certificate (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        person_id -> Uuid,
        kind -> Text,
        enrolment_id -> Nullable<Uuid>,
        code -> Nullable<Text>,
        elsewhere -> Nullable<Bytea>,
        given_on -> Date,
        valid_until -> Nullable<Date>,
        state -> Text,
        name_text -> Nullable<SmallInt>,
        name_given_on -> Nullable<Date>,
        request_hash -> Bytea,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    certificate_name_text (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    change_epoch (id) {
        id -> Bool,
        epoch -> Uuid,
        identity -> Text,
        began_at -> Timestamptz,
    }
}

diesel::table! {
    change_feed (chapter_id, seq) {
        chapter_id -> Uuid,
        seq -> BigInt,
        kind -> Text,
        subjects -> Array<Text>,
        gone -> Bool,
    }
}

diesel::table! {
    chapter (id) {
        id -> Uuid,
        code -> Text,
        kind -> Text,
        level -> Text,
        status -> Text,
        parent_id -> Nullable<Uuid>,
        unit_code -> Nullable<Text>,
        name -> Text,
        short_name -> Text,
        folded -> Text,
        founded_on -> Date,
        version -> Integer,
    }
}

diesel::table! {
    chapter_ancestor (chapter_id, ancestor_id) {
        chapter_id -> Uuid,
        ancestor_id -> Uuid,
        depth -> SmallInt,
    }
}

diesel::table! {
    chapter_former_name (chapter_id, version) {
        chapter_id -> Uuid,
        version -> Integer,
        name -> Text,
        folded -> Text,
        valid_from -> Date,
        valid_to -> Date,
    }
}

diesel::table! {
    chapter_request (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    chapter_serial (prefix) {
        prefix -> Text,
        last -> Integer,
    }
}

diesel::table! {
    chapter_stand_in (chapter_id, stand_in_id) {
        chapter_id -> Uuid,
        stand_in_id -> Uuid,
        depth -> SmallInt,
        from_depth -> SmallInt,
        leads -> Bool,
    }
}

diesel::table! {
    chapter_successor (old_id, new_id) {
        old_id -> Uuid,
        new_id -> Uuid,
        since -> Date,
        leads -> Bool,
    }
}

diesel::table! {
    chapter_version (chapter_id, version) {
        chapter_id -> Uuid,
        version -> Integer,
        change -> Text,
        name -> Text,
        short_name -> Text,
        status -> Text,
        effective_on -> Date,
        decision_no -> Nullable<Text>,
        decision_on -> Nullable<Date>,
        address -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        legal_personality -> Nullable<Bool>,
        seal_no -> Nullable<Text>,
        seal_registered_on -> Nullable<Date>,
        tax_code -> Nullable<Text>,
        own_bank_account -> Nullable<Bool>,
        recorded_at -> Nullable<Timestamptz>,
        recorded_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    closed_period (chapter_id, month) {
        chapter_id -> Uuid,
        month -> Date,
        closing_id -> Uuid,
        size -> BigInt,
        root -> Bytea,
        entries -> BigInt,
        late -> BigInt,
        statement -> Text,
        closed_at -> Timestamptz,
    }
}

diesel::table! {
    commendation (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        awarded_at_id -> Uuid,
        form -> Text,
        year -> SmallInt,
        person_id -> Nullable<Uuid>,
        collective -> Nullable<Text>,
        document -> Nullable<Text>,
        state -> Text,
        decision_no -> Text,
        proposed_by -> Uuid,
        proposed_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    commendation_citation (commendation_id) {
        commendation_id -> Uuid,
        citation -> Bytea,
    }
}

diesel::table! {
    commendation_form (code) {
        code -> Text,
        rank -> SmallInt,
        vi -> Text,
        en -> Text,
        levels -> Array<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    commendation_quota (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        form -> Text,
        year -> SmallInt,
        quota -> Nullable<Integer>,
        taken -> Integer,
        decision_no -> Nullable<Text>,
        set_account -> Nullable<Uuid>,
        set_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    commendation_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    commendation_shown (id) {
        id -> Uuid,
        commendation_id -> Uuid,
        name -> Nullable<Text>,
        text_version -> SmallInt,
        given_on -> Date,
        document -> Nullable<Text>,
        recorded_account -> Uuid,
        recorded_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_account -> Nullable<Uuid>,
    }
}

diesel::table! {
    committee (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        kind -> Text,
        made_by -> Text,
        provisional -> Bool,
        congress -> Nullable<Text>,
        decision_no -> Text,
        decision_on -> Date,
        document -> Nullable<Text>,
        valid_from -> Date,
        term_until -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        made_account -> Uuid,
        made_at -> Timestamptz,
        ended_how -> Nullable<Text>,
        end_decision_no -> Nullable<Text>,
        ended_account -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    committee_post (id) {
        id -> Uuid,
        committee_id -> Uuid,
        title -> Text,
        n -> SmallInt,
        seats -> SmallInt,
        added_on -> Nullable<Date>,
        decision_no -> Nullable<Text>,
        decision_on -> Nullable<Date>,
        document -> Nullable<Text>,
    }
}

diesel::table! {
    committee_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    consent (id) {
        id -> Uuid,
        party_id -> Uuid,
        gift_id -> Uuid,
        purpose -> Text,
        basis -> Text,
        text_version -> Nullable<SmallInt>,
        channel -> Text,
        given_at -> Timestamptz,
        recorded_by -> Uuid,
        evidence_sha256 -> Nullable<Bytea>,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    consent_text (purpose, version) {
        purpose -> Text,
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
    }
}

diesel::table! {
    correction (id) {
        id -> Uuid,
        entry_id -> Uuid,
        chapter_id -> Uuid,
        reason -> Text,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        together -> Array<Uuid>,
    }
}

diesel::table! {
    course (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        code -> Text,
        kind -> Text,
        title -> Text,
        place -> Text,
        places -> SmallInt,
        taken -> SmallInt,
        listed -> Bool,
        state -> Text,
        first_day -> Date,
        last_day -> Date,
        cancelled_why -> Nullable<Text>,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        changed_at -> Timestamptz,
        closed_by -> Nullable<Uuid>,
        closed_on -> Nullable<Date>,
    }
}

diesel::table! {
    course_attendance (enrolment_id, n) {
        enrolment_id -> Uuid,
        course_id -> Uuid,
        n -> SmallInt,
    }
}

diesel::table! {
    course_correction (id) {
        id -> Uuid,
        enrolment_id -> Uuid,
        chapter_id -> Uuid,
        from_result -> Text,
        to_result -> Text,
        reason -> Text,
        state -> Text,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    course_enrolment (id) {
        id -> Uuid,
        course_id -> Uuid,
        person_id -> Uuid,
        state -> Text,
        turn -> Integer,
        enrolled_by -> Uuid,
        enrolled_at -> Timestamptz,
        moved_up_at -> Nullable<Timestamptz>,
        cancelled_at -> Nullable<Timestamptz>,
        cancelled_how -> Nullable<Text>,
        result -> Nullable<Text>,
        officer -> Bool,
    }
}

diesel::table! {
    course_kind (code) {
        code -> Text,
        vi -> Text,
        en -> Text,
        area -> Nullable<Text>,
        renews -> Nullable<Text>,
        rank -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        skill -> Nullable<Text>,
        skill_level -> Nullable<Text>,
    }
}

diesel::table! {
    course_kind_rule (kind, valid_from) {
        kind -> Text,
        validity_months -> Nullable<SmallInt>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    course_request (course_id) {
        course_id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    course_session (course_id, n) {
        course_id -> Uuid,
        n -> SmallInt,
        day -> Date,
        from_minute -> SmallInt,
        until_minute -> SmallInt,
    }
}

diesel::table! {
    course_trainer (course_id, person_id) {
        course_id -> Uuid,
        person_id -> Uuid,
    }
}

diesel::table! {
    data_step (name) {
        name -> Text,
        progress -> Nullable<Text>,
        looked_at -> BigInt,
        changed -> BigInt,
        begun_at -> Timestamptz,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    data_step_note (id) {
        id -> BigInt,
        step -> Text,
        subject -> Text,
        did -> Text,
    }
}

diesel::table! {
    deadline_change (id) {
        id -> BigInt,
        request_id -> Uuid,
        what -> Text,
        before_on -> Date,
        after_on -> Date,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    deadline_rule (clock, kind, third_parties, valid_from) {
        clock -> Text,
        kind -> Text,
        third_parties -> Bool,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        amount -> SmallInt,
        unit -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    decision (matter, id) {
        matter -> Text,
        id -> Uuid,
        subject_id -> Uuid,
        chapter_id -> Uuid,
        approver_chapter_id -> Uuid,
        state -> Text,
        amount_vnd -> Nullable<BigInt>,
        about -> Nullable<Text>,
        not_by -> Array<Uuid>,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        note -> Nullable<Bytea>,
        request_hash -> Nullable<Bytea>,
        bare_hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    decision_rule (matter, chapter_id, from_vnd, n, valid_from) {
        matter -> Text,
        chapter_id -> Uuid,
        from_vnd -> BigInt,
        n -> SmallInt,
        level -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
    }
}

diesel::table! {
    decision_step (matter, decision_id, n) {
        matter -> Text,
        decision_id -> Uuid,
        n -> SmallInt,
        of_chapter_id -> Uuid,
        chapter_id -> Uuid,
        approver_chapter_id -> Uuid,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    delivery (id) {
        id -> Uuid,
        subscriber_id -> Uuid,
        is_test -> Bool,
        body -> Nullable<Text>,
        next -> Nullable<Text>,
        made_at -> Timestamptz,
        state -> Text,
        attempts -> Integer,
        status -> Nullable<SmallInt>,
        trouble -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    document (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        purpose -> Text,
        sha256 -> Text,
        size_bytes -> BigInt,
        media_type -> Text,
        uploaded_sha256 -> Text,
        uploaded_bytes -> BigInt,
        name -> Bytea,
        request_hash -> Bytea,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
    }
}

diesel::table! {
    document_closure (document_id, reason, subject_id) {
        document_id -> Uuid,
        reason -> Text,
        subject_id -> Uuid,
        closed_at -> Timestamptz,
        kept_until -> Date,
    }
}

diesel::table! {
    document_link (document_id, subject_kind, subject_id) {
        document_id -> Uuid,
        subject_kind -> Text,
        subject_id -> Uuid,
        linked_by -> Uuid,
        linked_at -> Timestamptz,
    }
}

diesel::table! {
    document_publication (document_id, subject_id) {
        document_id -> Uuid,
        purpose -> Text,
        subject_id -> Uuid,
        sha256 -> Text,
        size_bytes -> BigInt,
        media_type -> Text,
        title -> Text,
        published_on -> Date,
        published_at -> Timestamptz,
        published_by -> Uuid,
    }
}

diesel::table! {
    document_withdrawal (id) {
        id -> BigInt,
        document_id -> Uuid,
        subject_id -> Uuid,
        sha256 -> Text,
        withdrawn_on -> Date,
        withdrawn_at -> Timestamptz,
        withdrawn_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    donation (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        donor_id -> Nullable<Uuid>,
        drive_id -> Nullable<BigInt>,
        day -> Date,
        component -> Text,
        volume_ml -> Nullable<SmallInt>,
        din -> Nullable<Text>,
        centre -> Nullable<Text>,
        sex -> Nullable<Text>,
        age -> Nullable<SmallInt>,
        abo -> Nullable<Text>,
        rh -> Nullable<Text>,
        proof -> Text,
        stands -> Bool,
        request_hash -> Bytea,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        replaces_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    donor (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        person_id -> Uuid,
        state -> Text,
        abo -> Nullable<Text>,
        rh -> Nullable<Text>,
        group_times -> SmallInt,
        group_on -> Nullable<Date>,
        willing -> Nullable<Bool>,
        willing_on -> Nullable<Date>,
        deferred_until -> Nullable<Date>,
        donations -> Integer,
        last_component -> Nullable<Text>,
        last_on -> Nullable<Date>,
        request_hash -> Bytea,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    drive (id) {
        id -> BigInt,
        code -> Text,
        chapter_id -> Uuid,
        centre_id -> BigInt,
        title -> Text,
        site -> Text,
        day -> Date,
        listed -> Bool,
        state -> Text,
        waiting_most -> SmallInt,
        team_id -> Nullable<Uuid>,
        moves -> SmallInt,
        cancelled_why -> Nullable<Text>,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    drive_check_in (id) {
        id -> Uuid,
        drive_id -> BigInt,
        booking_id -> Uuid,
        captured_at -> Nullable<Timestamptz>,
        volume_ml -> Nullable<SmallInt>,
        late -> Bool,
        counts -> Bool,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    drive_correction (id) {
        id -> Uuid,
        drive_id -> BigInt,
        chapter_id -> Uuid,
        source -> Text,
        version -> SmallInt,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        registered_by -> Nullable<Integer>,
        came_by -> Nullable<Integer>,
        gave_by -> Nullable<Integer>,
        deferred_by -> Nullable<Integer>,
        ml_by -> Nullable<BigInt>,
        statement -> Nullable<Text>,
    }
}

diesel::table! {
    drive_correction_item (correction_id, n) {
        correction_id -> Uuid,
        n -> SmallInt,
        kind -> Text,
        donation_id -> Nullable<Uuid>,
        made_id -> Nullable<Uuid>,
        booking_id -> Nullable<Uuid>,
        row_id -> Nullable<Uuid>,
        why -> Nullable<Text>,
        reason -> Nullable<Text>,
        component -> Nullable<Text>,
        volume_ml -> Nullable<SmallInt>,
        din -> Nullable<Text>,
        abo -> Nullable<Text>,
        rh -> Nullable<Text>,
        serial -> Nullable<Text>,
        content -> Nullable<Bytea>,
    }
}

diesel::table! {
    drive_deferral (drive_id, reason) {
        drive_id -> BigInt,
        reason -> Text,
        persons -> Integer,
    }
}

diesel::table! {
    drive_difference (id) {
        id -> Uuid,
        drive_id -> BigInt,
        file_id -> Nullable<Uuid>,
        kind -> Text,
        row_id -> Nullable<Uuid>,
        other_id -> Nullable<Uuid>,
        booking_id -> Nullable<Uuid>,
        state -> Text,
        how -> Nullable<Text>,
        note -> Nullable<Bytea>,
        settled_by -> Nullable<Uuid>,
        settled_at -> Nullable<Timestamptz>,
        found_at -> Timestamptz,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    drive_equipment (drive_id, n) {
        drive_id -> BigInt,
        n -> SmallInt,
        what -> Text,
        quantity -> Integer,
        ready -> Bool,
    }
}

diesel::table! {
    drive_file (id) {
        id -> Uuid,
        drive_id -> BigInt,
        chapter_id -> Uuid,
        layout -> Text,
        content_hash -> Bytea,
        state -> Text,
        row_count -> Integer,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
        done_rows -> Integer,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    drive_request (id) {
        id -> Uuid,
        drive_id -> BigInt,
        request_hash -> Bytea,
    }
}

diesel::table! {
    drive_row (id) {
        id -> Uuid,
        file_id -> Uuid,
        n -> Integer,
        row_no -> Integer,
        content -> Nullable<Bytea>,
        outcome -> Text,
        reason -> Nullable<Text>,
        until -> Nullable<Date>,
        component -> Text,
        volume_ml -> Nullable<SmallInt>,
        din -> Nullable<Text>,
        sex -> Nullable<Text>,
        age -> Nullable<SmallInt>,
        abo -> Nullable<Text>,
        rh -> Nullable<Text>,
        serial -> Nullable<Text>,
        booking_id -> Nullable<Uuid>,
        counts -> Bool,
        correction_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    drive_rule (name, valid_from) {
        name -> Text,
        value -> Integer,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    drive_shift (id) {
        id -> Uuid,
        drive_id -> BigInt,
        what -> Text,
        from_minute -> SmallInt,
        until_minute -> SmallInt,
        needed -> SmallInt,
        ended_at -> Nullable<Timestamptz>,
        hours_by -> Nullable<Uuid>,
        hours_at -> Nullable<Timestamptz>,
        version -> Integer,
        request_hash -> Bytea,
        made_by -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    drive_shift_helper (shift_id, volunteer_id) {
        shift_id -> Uuid,
        volunteer_id -> Uuid,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        came -> Nullable<Bool>,
    }
}

diesel::table! {
    drive_slot (drive_id, n) {
        drive_id -> BigInt,
        n -> SmallInt,
        from_minute -> SmallInt,
        until_minute -> SmallInt,
        places -> SmallInt,
        taken -> SmallInt,
    }
}

diesel::table! {
    drive_total (drive_id) {
        drive_id -> BigInt,
        registered -> Integer,
        came -> Integer,
        gave -> Integer,
        deferred -> Integer,
        ml -> BigInt,
        made_at -> Timestamptz,
        version -> SmallInt,
    }
}

diesel::table! {
    dues_exemption (grassroots_id, month) {
        grassroots_id -> Uuid,
        month -> Date,
        exempt -> Integer,
        allowed -> Integer,
    }
}

diesel::table! {
    dues_line (sheet_id, n) {
        sheet_id -> Uuid,
        n -> SmallInt,
        member_id -> Uuid,
        first_month -> Date,
        last_month -> Date,
        amount_vnd -> BigInt,
        ground -> Nullable<Text>,
        decision_no -> Nullable<Text>,
    }
}

diesel::table! {
    dues_month (first_id, month) {
        first_id -> Uuid,
        month -> Date,
        sheet_id -> Uuid,
        n -> SmallInt,
    }
}

diesel::table! {
    dues_owed (sheet_id, step) {
        sheet_id -> Uuid,
        step -> SmallInt,
        from_id -> Uuid,
        to_id -> Uuid,
        amount_vnd -> BigInt,
    }
}

diesel::table! {
    dues_remittance (transfer_id) {
        transfer_id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        noted_by -> Uuid,
        noted_at -> Timestamptz,
    }
}

diesel::table! {
    dues_rule (id) {
        id -> Integer,
        chapter_id -> Nullable<Uuid>,
        payers -> Array<Text>,
        vnd_a_month -> BigInt,
        exempt_bp -> Integer,
        branch_bp -> Integer,
        grassroots_bp -> Integer,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    dues_sheet (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        grassroots_id -> Uuid,
        rule_id -> Integer,
        day -> Date,
        account -> Text,
        paid -> Integer,
        exempt -> Integer,
        amount_vnd -> BigInt,
        state -> Text,
        request_hash -> Bytea,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    entry (id) {
        id -> Uuid,
        code -> Text,
        kind -> Text,
        chapter_id -> Uuid,
        channel -> Nullable<Text>,
        day -> Date,
        booked -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
        posting_count -> SmallInt,
        reverses -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        document -> Nullable<Bytea>,
    }
}

diesel::table! {
    entry_detail (code) {
        code -> Text,
        of_code -> Nullable<Text>,
        to_chapter -> Nullable<Text>,
        category -> Nullable<Text>,
        reason -> Nullable<Text>,
        list_code -> Nullable<Text>,
        counted -> Nullable<Integer>,
        root -> Nullable<Bytea>,
        measures -> Jsonb,
    }
}

diesel::table! {
    family_consent_text (version) {
        version -> SmallInt,
        purpose -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    family_finding (id) {
        id -> Uuid,
        family_link_id -> Uuid,
        fate -> Text,
        of_child -> Bool,
        particulars -> Nullable<Bytea>,
        request_hash -> Bytea,
        found_by -> Uuid,
        found_at -> Timestamptz,
        answer -> Nullable<Text>,
        answer_id -> Nullable<Uuid>,
        answer_hash -> Nullable<Bytea>,
        text_version -> Nullable<SmallInt>,
        agreed_on -> Nullable<Date>,
        guardian -> Nullable<Bytea>,
        child_agreed -> Nullable<Bool>,
        paper -> Nullable<Bytea>,
        answered_by -> Nullable<Uuid>,
        answered_at -> Nullable<Timestamptz>,
        set_aside -> Bool,
    }
}

diesel::table! {
    family_hand_over (id) {
        id -> Uuid,
        family_link_id -> Uuid,
        from_chapter_id -> Uuid,
        to_chapter_id -> Uuid,
        state -> Text,
        note -> Nullable<Bytea>,
        request_hash -> Bytea,
        offered_by -> Uuid,
        offered_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    family_likeness (id) {
        id -> Uuid,
        one_id -> Uuid,
        other_id -> Uuid,
        chapter_id -> Uuid,
        kind -> Text,
        state -> Text,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    family_link (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        state -> Text,
        cause -> Text,
        guarded -> Bool,
        enquirer -> Nullable<Bytea>,
        sought -> Nullable<Bytea>,
        enquirer_hash -> Nullable<Bytea>,
        words -> Array<BigInt>,
        sought_keys -> Array<BigInt>,
        enquirer_keys -> Array<BigInt>,
        text_version -> SmallInt,
        consent_on -> Date,
        consent_paper -> Nullable<Bytea>,
        child_agreed -> Bool,
        in_charge -> Nullable<Uuid>,
        request_hash -> Bytea,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        last_step_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        erased_on -> Nullable<Date>,
    }
}

diesel::table! {
    family_rule (valid_from) {
        quiet_days -> SmallInt,
        kept_days -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    family_step (id) {
        id -> Uuid,
        family_link_id -> Uuid,
        chapter_id -> Uuid,
        kind -> Text,
        note -> Nullable<Bytea>,
        request_hash -> Bytea,
        done_by -> Uuid,
        done_at -> Timestamptz,
    }
}

diesel::table! {
    former_unit (id) {
        id -> Text,
        level -> Text,
        code -> Nullable<Text>,
        parent_code -> Nullable<Text>,
        kind -> Text,
        full_name -> Text,
        district -> Nullable<Text>,
        province -> Text,
        valid_to -> Date,
        folded -> Text,
        place -> Text,
        known_from -> Date,
        resolution -> Nullable<Text>,
    }
}

diesel::table! {
    fund (id) {
        id -> Integer,
        code -> Text,
        restriction -> Text,
        appeal -> Nullable<Text>,
    }
}

diesel::table! {
    fund_release_rule (from_restriction, to_restriction, valid_from) {
        from_restriction -> Text,
        to_restriction -> Text,
        needs_conditions -> Bool,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    gift (id) {
        id -> Uuid,
        entry_id -> Uuid,
        chapter_id -> Uuid,
        appeal_id -> Nullable<Uuid>,
        party_id -> Nullable<Uuid>,
        channel -> Text,
        amount_vnd -> BigInt,
        received_on -> Date,
        display -> Text,
        particulars -> Nullable<Bytea>,
        paper_book -> Nullable<Text>,
        paper_no -> Nullable<Text>,
        message_count -> Nullable<Integer>,
        captured_at -> Nullable<Timestamptz>,
        request_hash -> Bytea,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
        giver_name -> Nullable<Bytea>,
        likeness -> Nullable<BigInt>,
        reference_likeness -> Nullable<BigInt>,
        unusual -> Bool,
    }
}

diesel::table! {
    gift_import (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        content_hash -> Bytea,
        state -> Text,
        row_count -> Integer,
        amount_vnd -> BigInt,
        unusual -> Integer,
        confirmed -> Bool,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
        accepted_by -> Nullable<Uuid>,
        accepted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    gift_import_keeping (valid_from) {
        valid_from -> Date,
        kept_days -> Integer,
        source -> Text,
    }
}

diesel::table! {
    gift_import_part (id) {
        id -> Uuid,
        import_id -> Uuid,
        n -> SmallInt,
        row_count -> SmallInt,
        gifts -> Nullable<Bytea>,
        stands -> Nullable<SmallInt>,
        asked -> Nullable<SmallInt>,
        refused -> Nullable<Jsonb>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    gift_limit (id) {
        id -> Integer,
        channel -> Text,
        role -> Nullable<Text>,
        chapter_id -> Nullable<Uuid>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        confirm_above_vnd -> BigInt,
        approve_above_vnd -> BigInt,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    gift_line (gift_id, n) {
        gift_id -> Uuid,
        n -> SmallInt,
        item -> Text,
        quantity_milli -> BigInt,
        unit -> Text,
        value_vnd -> BigInt,
        valuation -> Text,
    }
}

diesel::table! {
    idempotency_key (account_id, key_hash) {
        account_id -> Uuid,
        key_hash -> Bytea,
        request_hash -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    information_request (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        appeal_id -> Nullable<Uuid>,
        topic -> Text,
        channel -> Text,
        received_on -> Date,
        letter_no -> Nullable<Text>,
        due_on -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
        outcome -> Nullable<Text>,
        publication -> Nullable<Text>,
        refusal -> Nullable<Text>,
        reply_no -> Nullable<Text>,
        closed_on -> Nullable<Date>,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    information_rule (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        amount -> SmallInt,
        unit -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    item (code) {
        code -> Text,
        name -> Text,
        name_en -> Text,
        folded -> Text,
        units -> Array<Text>,
        counted_units -> Array<Text>,
    }
}

diesel::table! {
    job (id) {
        id -> Uuid,
        kind -> Text,
        chapter_id -> Nullable<Uuid>,
        account_id -> Nullable<Uuid>,
        content -> Jsonb,
        state -> Text,
        enqueued_at -> Timestamptz,
        due_at -> Timestamptz,
        lease -> Nullable<Uuid>,
        attempts -> Integer,
        done -> BigInt,
        total -> Nullable<BigInt>,
        errors -> BigInt,
        step -> Nullable<Jsonb>,
        trouble -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        url -> Nullable<Text>,
    }
}

diesel::table! {
    key_in_use (purpose, kid) {
        kid -> Text,
        purpose -> Text,
        first_used -> Timestamptz,
    }
}

diesel::table! {
    known_device (id) {
        id -> Uuid,
        account_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    left_overall (scope_id, fund_id, account) {
        scope_id -> Uuid,
        fund_id -> Integer,
        account -> Text,
        own_vnd -> BigInt,
        subtree_vnd -> BigInt,
    }
}

diesel::table! {
    link (id) {
        id -> Uuid,
        purpose -> Text,
        subject -> Uuid,
        chapter_id -> Uuid,
        token_hash -> Bytea,
        once -> Bool,
        made_at -> Timestamptz,
        made_by -> Nullable<Uuid>,
        ends_at -> Timestamptz,
        uses -> Integer,
        used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    log_checkpoint (size) {
        size -> BigInt,
        root -> Bytea,
        note -> Text,
        signed_at -> Timestamptz,
    }
}

diesel::table! {
    log_head (one) {
        one -> Bool,
        size -> BigInt,
    }
}

diesel::table! {
    log_hold (one) {
        one -> Bool,
        why -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    log_key (vkey) {
        vkey -> Text,
        entry -> Nullable<Text>,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    log_key_retired (vkey) {
        vkey -> Text,
        entry -> Text,
        retired_at -> Timestamptz,
    }
}

diesel::table! {
    log_leaf (idx) {
        idx -> BigInt,
        entry -> Text,
        leaf -> Bytea,
        leaf_hash -> Bytea,
    }
}

diesel::table! {
    log_origin (one) {
        one -> Bool,
        origin -> Text,
    }
}

diesel::table! {
    log_pending (entry) {
        seq -> BigInt,
        entry -> Text,
        leaf -> Bytea,
        leaf_hash -> Bytea,
    }
}

diesel::table! {
    log_recovered (entry) {
        entry -> Text,
        idx -> BigInt,
        recovered_at -> Timestamptz,
    }
}

diesel::table! {
    log_tile (level, n) {
        level -> SmallInt,
        n -> BigInt,
        data -> Bytea,
    }
}

diesel::table! {
    log_tree (one) {
        one -> Bool,
        size -> BigInt,
        root -> Bytea,
    }
}

diesel::table! {
    login_delay (subject) {
        subject -> Bytea,
        failures -> Integer,
        last_at -> Timestamptz,
        blocked_until -> Timestamptz,
    }
}

diesel::table! {
    member (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        person_id -> Uuid,
        kind -> Text,
        state -> Text,
        branch_id -> Nullable<Uuid>,
        team -> Nullable<Text>,
        since -> Nullable<Date>,
        came_from -> Nullable<Uuid>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    member_card (code) {
        code -> Text,
        member_id -> Uuid,
        issued_on -> Date,
        ended_on -> Nullable<Date>,
    }
}

diesel::table! {
    member_consent (member_id) {
        member_id -> Uuid,
        text_version -> SmallInt,
        guardian -> Bytea,
        child_agreed -> Bool,
        given_on -> Date,
        paper -> Bytea,
    }
}

diesel::table! {
    member_consent_text (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    member_grade (member_id, n) {
        member_id -> Uuid,
        n -> Integer,
        grade -> Text,
        from_day -> Date,
        to_day -> Nullable<Date>,
        decision_no -> Text,
        end_decision_no -> Nullable<Text>,
    }
}

diesel::table! {
    member_grade_title (code) {
        code -> Text,
        vi -> Text,
        en -> Text,
        rank -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    member_import (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        content_hash -> Bytea,
        state -> Text,
        decision_no -> Text,
        text_version -> Nullable<SmallInt>,
        paper -> Nullable<Bytea>,
        row_count -> Integer,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    member_import_part (id) {
        id -> Uuid,
        import_id -> Uuid,
        n -> SmallInt,
        row_count -> SmallInt,
        people -> Nullable<Bytea>,
        admitted -> Nullable<SmallInt>,
        checked -> Nullable<SmallInt>,
        refused -> Nullable<Jsonb>,
        done_at -> Nullable<Timestamptz>,
        done_rows -> SmallInt,
    }
}

diesel::table! {
    member_import_rule (valid_from) {
        waits_days -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    member_kind_rule (kind, valid_from) {
        kind -> Text,
        least_age -> Nullable<SmallInt>,
        most_age -> Nullable<SmallInt>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    member_span (member_id, n) {
        member_id -> Uuid,
        n -> Integer,
        chapter_id -> Uuid,
        branch_id -> Nullable<Uuid>,
        party_id -> Nullable<Uuid>,
        kind -> Text,
        sex -> Nullable<Text>,
        birth_year -> Nullable<SmallInt>,
        sector -> Text,
        from_day -> Date,
        to_day -> Nullable<Date>,
    }
}

diesel::table! {
    member_step (id) {
        id -> Uuid,
        member_id -> Uuid,
        kind -> Text,
        chapter_id -> Uuid,
        to_chapter_id -> Nullable<Uuid>,
        decision_no -> Nullable<Text>,
        state -> Text,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        became -> Nullable<Uuid>,
        grade -> Nullable<Text>,
    }
}

diesel::table! {
    member_tally (day, chapter_id, kind) {
        day -> Date,
        chapter_id -> Uuid,
        kind -> Text,
        members -> Integer,
    }
}

diesel::table! {
    member_tally_day (day) {
        day -> Date,
        counted_at -> Timestamptz,
    }
}

diesel::table! {
    message (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        channel -> Text,
        purpose -> Text,
        about -> Nullable<Uuid>,
        state -> Text,
        content -> Nullable<Bytea>,
        address_hash -> Bytea,
        made_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        confidential -> Bool,
        urgent -> Bool,
    }
}

diesel::table! {
    money_category (code, valid_from) {
        code -> Text,
        side -> Text,
        vi -> Text,
        en -> Text,
        needs_consent -> Bool,
        needs_document -> Bool,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    money_order (id) {
        id -> Uuid,
        kind -> Text,
        chapter_id -> Uuid,
        fund_id -> Integer,
        to_fund_id -> Nullable<Integer>,
        amount_vnd -> BigInt,
        day -> Date,
        debit -> Nullable<Text>,
        credit -> Nullable<Text>,
        category -> Nullable<Text>,
        of_entry_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        consent -> Nullable<Bytea>,
        document -> Nullable<Bytea>,
        particulars -> Nullable<Bytea>,
        particulars_hash -> Nullable<Bytea>,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        entry_id -> Nullable<Uuid>,
        other_entry_id -> Nullable<Uuid>,
        more_entry_ids -> Array<Uuid>,
    }
}

diesel::table! {
    money_paper_rule (kind, valid_from) {
        kind -> Text,
        from_vnd -> BigInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
    }
}

diesel::table! {
    movement (code) {
        code -> Text,
        rank -> SmallInt,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    movement_edition (id) {
        id -> Uuid,
        movement -> Text,
        year -> SmallInt,
        starts_on -> Date,
        ends_on -> Date,
        target -> Nullable<Text>,
        target_persons -> Nullable<BigInt>,
        target_vnd -> Nullable<BigInt>,
        source -> Text,
        made_account -> Nullable<Uuid>,
        made_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    number_series (chapter_id, document, year) {
        chapter_id -> Uuid,
        document -> Text,
        year -> SmallInt,
        last_no -> BigInt,
    }
}

diesel::table! {
    officer (id) {
        id -> Uuid,
        full_name -> Bytea,
    }
}

diesel::table! {
    officer_code (officer_id) {
        officer_id -> Uuid,
        code -> Text,
    }
}

diesel::table! {
    opening_balance (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        as_of -> Date,
        document_no -> Text,
        document -> Nullable<Bytea>,
        note -> Nullable<Bytea>,
        request_hash -> Bytea,
        state -> Text,
        approver_chapter_id -> Uuid,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    opening_balance_entry (opening_id, fund_id) {
        opening_id -> Uuid,
        fund_id -> Integer,
        entry_id -> Uuid,
    }
}

diesel::table! {
    opening_balance_held (chapter_id, fund_id, account) {
        chapter_id -> Uuid,
        fund_id -> Integer,
        account -> Text,
        opening_id -> Uuid,
    }
}

diesel::table! {
    opening_balance_line (opening_id, n) {
        opening_id -> Uuid,
        n -> SmallInt,
        fund_id -> Integer,
        account -> Text,
        amount_vnd -> BigInt,
    }
}

diesel::table! {
    opening_balance_reversal (id) {
        id -> Uuid,
        opening_id -> Uuid,
        reason -> Text,
        note -> Nullable<Bytea>,
        request_hash -> Bytea,
        state -> Text,
        approver_chapter_id -> Uuid,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    organ_consent_text (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    organ_registration (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        state -> Text,
        gives -> Array<Text>,
        person -> Nullable<Bytea>,
        person_hash -> Nullable<Bytea>,
        words -> Array<BigInt>,
        text_version -> SmallInt,
        consent_on -> Date,
        handed_on -> Nullable<Date>,
        card -> Nullable<Bytea>,
        card_on -> Nullable<Date>,
        withdrawn_on -> Nullable<Date>,
        told_on -> Nullable<Date>,
        request_hash -> Bytea,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        erased_on -> Nullable<Date>,
    }
}

diesel::table! {
    organ_rule (name, valid_from) {
        name -> Text,
        value -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    organ_step (id) {
        id -> Uuid,
        registration_id -> Uuid,
        kind -> Text,
        day -> Date,
        done_by -> Uuid,
        done_at -> Timestamptz,
    }
}

diesel::table! {
    own_cost (code) {
        code -> Text,
        consent -> Bytea,
    }
}

diesel::table! {
    paper_slip (gift_id) {
        chapter_id -> Uuid,
        book -> Text,
        no -> Text,
        gift_id -> Uuid,
    }
}

diesel::table! {
    paper_slip_collision (gift_id) {
        gift_id -> Uuid,
        chapter_id -> Uuid,
        book -> Text,
        no -> Text,
    }
}

diesel::table! {
    party (id) {
        id -> Uuid,
        kind -> Text,
        name -> Nullable<Bytea>,
        name_hash -> Nullable<Bytea>,
        phone -> Nullable<Bytea>,
        phone_hash -> Nullable<Bytea>,
        created_at -> Timestamptz,
        restricted_at -> Nullable<Timestamptz>,
        words -> Array<BigInt>,
    }
}

diesel::table! {
    party_alias (party_id, chapter_id) {
        id -> Uuid,
        party_id -> Uuid,
        chapter_id -> Uuid,
    }
}

diesel::table! {
    party_restriction (party_id, chapter_id) {
        party_id -> Uuid,
        chapter_id -> Uuid,
        since -> Timestamptz,
    }
}

diesel::table! {
    passed_on (entry_id) {
        entry_id -> Uuid,
        for_id -> Uuid,
    }
}

diesel::table! {
    password_link (id) {
        id -> Uuid,
        account_id -> Uuid,
        epoch -> BigInt,
        ends_at -> Timestamptz,
        mailed -> Bool,
    }
}

diesel::table! {
    pd_opening (entry) {
        entry -> Text,
        sealed -> Bytea,
    }
}

diesel::table! {
    period_closing (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        month -> Date,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    person (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        party_id -> Nullable<Uuid>,
        name -> Nullable<Bytea>,
        phone -> Nullable<Bytea>,
        phone_confirmed_on -> Nullable<Date>,
        particulars -> Nullable<Bytea>,
        words -> Array<BigInt>,
        request_hash -> Bytea,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        erased_on -> Nullable<Date>,
        kind -> Text,
    }
}

diesel::table! {
    person_join (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        kept_id -> Uuid,
        joined_id -> Uuid,
        state -> Text,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        parted_by -> Nullable<Uuid>,
        parted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    personal_data_request (id) {
        id -> Uuid,
        kind -> Text,
        party_id -> Nullable<Uuid>,
        gift_id -> Nullable<Uuid>,
        received_on -> Date,
        channel -> Text,
        third_parties -> Bool,
        note -> Nullable<Bytea>,
        changes -> Nullable<Bytea>,
        request_hash -> Bytea,
        state -> Text,
        answer_due -> Date,
        due_on -> Date,
        next_due -> Date,
        extended_days -> Nullable<SmallInt>,
        extension_reason -> Nullable<Text>,
        approver_chapter_id -> Nullable<Uuid>,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        answered_by -> Nullable<Uuid>,
        answered_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        refusal -> Nullable<Text>,
        progress -> Nullable<Uuid>,
        touched -> Integer,
        done_at -> Nullable<Timestamptz>,
        party_alias -> Nullable<Uuid>,
        lifts -> Bool,
        rest_of -> Nullable<Uuid>,
        kept_at_chapter_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    personal_data_request_chapter (request_id, chapter_id) {
        request_id -> Uuid,
        chapter_id -> Uuid,
    }
}

diesel::table! {
    personal_data_request_kept (request_id, what) {
        request_id -> Uuid,
        what -> Text,
        n -> Integer,
        until -> Nullable<Date>,
    }
}

diesel::table! {
    persons_held (day, room) {
        day -> Date,
        room -> Text,
        persons -> BigInt,
        sensitive -> BigInt,
        counted_at -> Timestamptz,
    }
}

diesel::table! {
    persons_limit (what, valid_from) {
        what -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        persons -> BigInt,
        warn_percent -> SmallInt,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    post_holder (id) {
        id -> Uuid,
        post_id -> Uuid,
        seat -> SmallInt,
        person_id -> Uuid,
        held_from -> Date,
        held_until -> Nullable<Date>,
        manner -> Text,
        acting -> Nullable<Text>,
        decision_no -> Text,
        decision_on -> Date,
        document -> Nullable<Text>,
        entered_account -> Uuid,
        entered_at -> Timestamptz,
        ended_how -> Nullable<Text>,
        end_decision_no -> Nullable<Text>,
        ended_account -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    post_holder_role (assignment_id) {
        assignment_id -> Uuid,
        holder_id -> Uuid,
    }
}

diesel::table! {
    post_holder_shown (id) {
        id -> Uuid,
        holder_id -> Uuid,
        name -> Nullable<Text>,
        text_version -> SmallInt,
        given_on -> Date,
        document -> Nullable<Text>,
        recorded_account -> Uuid,
        recorded_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_account -> Nullable<Uuid>,
    }
}

diesel::table! {
    post_title (code) {
        code -> Text,
        committee_kind -> Text,
        vi -> Text,
        en -> Text,
        single -> Bool,
        rank -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
    }
}

diesel::table! {
    posting (entry_id, n) {
        entry_id -> Uuid,
        n -> SmallInt,
        account -> Text,
        fund_id -> Integer,
        amount -> BigInt,
    }
}

diesel::table! {
    practice_model (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        area -> Text,
        movement -> Nullable<Text>,
        title -> Text,
        about -> Text,
        words -> Array<Text>,
        state -> Text,
        made_account -> Uuid,
        made_at -> Timestamptz,
        published_on -> Nullable<Date>,
    }
}

diesel::table! {
    pre_check (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        note_vi -> Text,
        note_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    pre_check_question (version, code) {
        version -> SmallInt,
        place -> SmallInt,
        code -> Text,
        ask -> Text,
        deferrals -> Array<Text>,
        vi -> Text,
        en -> Text,
        about_vi -> Text,
        about_en -> Text,
    }
}

diesel::table! {
    programme (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        title -> Text,
        purpose -> Text,
        number -> Nullable<Text>,
        signed_on -> Date,
        valid_from -> Date,
        valid_until -> Date,
        document -> Nullable<Text>,
        result -> Nullable<Text>,
        version -> Integer,
        made_account -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    programme_party (programme_id, n) {
        programme_id -> Uuid,
        n -> SmallInt,
        name -> Text,
    }
}

diesel::table! {
    programme_task (id) {
        id -> Uuid,
        programme_id -> Uuid,
        task -> Text,
        due_on -> Date,
        done_on -> Nullable<Date>,
        result -> Nullable<Text>,
    }
}

diesel::table! {
    public_booking (code) {
        code -> Text,
        drive_id -> BigInt,
    }
}

diesel::table! {
    public_card (code) {
        code -> Text,
        state -> Text,
        chapter_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    public_certificate (code) {
        code -> Text,
        state -> Text,
        kind -> Nullable<Text>,
        course -> Nullable<Text>,
        chapter_id -> Nullable<Uuid>,
        given_on -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        name -> Nullable<Text>,
    }
}

diesel::table! {
    public_course_count (chapter_id, year, areas) {
        chapter_id -> Uuid,
        year -> Integer,
        areas -> Array<Text>,
        passed -> Integer,
    }
}

diesel::table! {
    public_entry (seq) {
        seq -> BigInt,
        code -> Text,
        kind -> Text,
        channel -> Nullable<Text>,
        chapter -> Text,
        grassroots -> Nullable<Text>,
        province -> Nullable<Text>,
        appeal -> Nullable<Text>,
        fund -> Text,
        day -> Date,
        booked -> Date,
        amount_vnd -> BigInt,
        giver -> Nullable<Text>,
        goods -> Nullable<Jsonb>,
        message_count -> Nullable<Integer>,
        reverses -> Nullable<Text>,
        reason -> Nullable<Text>,
        leaf_hash -> Bytea,
    }
}

diesel::table! {
    public_holiday (day) {
        day -> Date,
        name -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    public_member_count (chapter_id, year, kinds) {
        chapter_id -> Uuid,
        year -> Integer,
        kinds -> Array<Text>,
        members -> Integer,
    }
}

diesel::table! {
    public_volunteer_count (chapter_id, year, kinds) {
        chapter_id -> Uuid,
        year -> Integer,
        kinds -> Array<Text>,
        volunteers -> Integer,
    }
}

diesel::table! {
    publication (id) {
        id -> Uuid,
        code -> Text,
        seq -> BigInt,
        appeal_id -> Uuid,
        event -> Text,
        period -> Nullable<Date>,
        version -> Integer,
        replaces -> Nullable<Text>,
        document_id -> Nullable<Uuid>,
        purpose -> Nullable<Text>,
        sha256 -> Text,
        title -> Text,
        channels -> Array<Text>,
        published_on -> Date,
        published_at -> Timestamptz,
        published_by -> Uuid,
        leaf_hash -> Bytea,
        statement -> Nullable<Text>,
    }
}

diesel::table! {
    publication_rule (regime, event, valid_from) {
        regime -> Text,
        event -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        counts_from -> Text,
        every_days -> Nullable<SmallInt>,
        amount -> SmallInt,
        unit -> Text,
        early -> Bool,
        keep_days -> SmallInt,
        mark -> Text,
        source -> Text,
        last_days -> Nullable<SmallInt>,
        advisory -> Bool,
        notices_from -> Nullable<Date>,
        fixed_month -> Nullable<SmallInt>,
        fixed_day -> Nullable<SmallInt>,
    }
}

diesel::table! {
    purchase (order_id) {
        order_id -> Uuid,
        invoice_no -> Nullable<Text>,
        invoice_on -> Nullable<Date>,
    }
}

diesel::table! {
    purchase_line (order_id, n) {
        order_id -> Uuid,
        n -> SmallInt,
        item -> Text,
        unit -> Text,
        quantity_milli -> BigInt,
        value_vnd -> BigInt,
        expires_on -> Nullable<Date>,
        store_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    recovery_code (account_id, code_hash) {
        account_id -> Uuid,
        code_hash -> Bytea,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    reference_load (name) {
        name -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    retention_proposal (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        person_id -> Uuid,
        record -> Text,
        due_on -> Date,
        state -> Text,
        proposed_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        request_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        kept_until -> Nullable<Date>,
    }
}

diesel::table! {
    retention_rule (record, valid_from) {
        record -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        years -> SmallInt,
        law_vi -> Text,
        law_en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    reversal_by_month (scope_id, month, original, reason) {
        scope_id -> Uuid,
        month -> Date,
        original -> Text,
        reason -> Text,
        own_count -> BigInt,
        own_vnd -> BigInt,
        subtree_count -> BigInt,
        subtree_vnd -> BigInt,
    }
}

diesel::table! {
    reversal_by_officer (chapter_id, year, officer_code, original, reason) {
        chapter_id -> Uuid,
        year -> Integer,
        officer_code -> Text,
        original -> Text,
        reason -> Text,
        asked_count -> BigInt,
        asked_vnd -> BigInt,
        approved_count -> BigInt,
        approved_vnd -> BigInt,
    }
}

diesel::table! {
    reversal_instead (request_id) {
        request_id -> Uuid,
        gift_id -> Uuid,
        appeal -> Nullable<Text>,
    }
}

diesel::table! {
    reversal_overall (scope_id, original, reason) {
        scope_id -> Uuid,
        original -> Text,
        reason -> Text,
        own_count -> BigInt,
        own_vnd -> BigInt,
        subtree_count -> BigInt,
        subtree_vnd -> BigInt,
    }
}

diesel::table! {
    reversal_request (id) {
        id -> Uuid,
        gift_id -> Uuid,
        reason -> Text,
        note -> Nullable<Bytea>,
        request_hash -> Bytea,
        state -> Text,
        approver_chapter_id -> Uuid,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        entry_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    role_assignment (id) {
        id -> Uuid,
        account_id -> Uuid,
        role -> Text,
        chapter_id -> Uuid,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        decision_no -> Text,
        ended_at -> Nullable<Timestamptz>,
        given_by -> Nullable<Uuid>,
        given_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        end_decision_no -> Nullable<Text>,
        request_hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    role_assignment_acts_for (id) {
        assignment_id -> Uuid,
        chapter_id -> Uuid,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        decision_no -> Text,
        id -> Uuid,
        given_by -> Nullable<Uuid>,
        given_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        end_decision_no -> Nullable<Text>,
        request_hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    second_factor (account_id) {
        account_id -> Uuid,
        enrolment_id -> Uuid,
        secret -> Bytea,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Nullable<BigInt>,
    }
}

diesel::table! {
    sending_rule (id) {
        id -> Integer,
        channel -> Text,
        valid_from -> Date,
        quiet_from_minute -> Nullable<Integer>,
        quiet_until_minute -> Nullable<Integer>,
        most_a_day -> Integer,
        source -> Text,
    }
}

diesel::table! {
    session (id) {
        id -> Uuid,
        account_id -> Uuid,
        refresh_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        previous_hash -> Nullable<Bytea>,
        sibling_hashes -> Bytea,
        label -> Nullable<Bytea>,
        device_id -> Nullable<Uuid>,
        last_used_at -> Nullable<Timestamptz>,
        second_factor_at -> Nullable<Timestamptz>,
        ended_reason -> Nullable<Text>,
        password_change_hash -> Nullable<Text>,
    }
}

diesel::table! {
    settlement_report (id) {
        id -> Uuid,
        appeal_id -> Uuid,
        chapter_id -> Uuid,
        as_of -> Date,
        body -> Bytea,
        sha256 -> Text,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        statement -> Nullable<Text>,
        publication -> Nullable<Text>,
    }
}

diesel::table! {
    skill (code) {
        code -> Text,
        place -> SmallInt,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    statement (code) {
        code -> Text,
        seq -> BigInt,
        chapter_id -> Uuid,
        event -> Text,
        appeal -> Nullable<Text>,
        day -> Date,
        body -> Bytea,
        sha256 -> Text,
        replaces -> Nullable<Text>,
        leaf_hash -> Bytea,
        stated_on -> Date,
        stated_at -> Timestamptz,
        stated_by -> Uuid,
    }
}

diesel::table! {
    statutory_account (account, valid_from) {
        regime -> Text,
        account -> Text,
        valid_from -> Date,
        number -> Text,
        name -> Text,
    }
}

diesel::table! {
    stock_adjustment (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        fund_id -> Integer,
        reason -> Text,
        count_id -> Nullable<Uuid>,
        document -> Bytea,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    stock_adjustment_entry (entry_id) {
        entry_id -> Uuid,
        adjustment_id -> Uuid,
    }
}

diesel::table! {
    stock_adjustment_line (adjustment_id, n) {
        adjustment_id -> Uuid,
        n -> SmallInt,
        side -> Text,
        lot_id -> Nullable<Uuid>,
        item -> Text,
        unit -> Text,
        quantity_milli -> BigInt,
        value_vnd -> Nullable<BigInt>,
        valuation -> Text,
        expires_on -> Nullable<Date>,
        store_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    stock_count (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        counted_on -> Date,
        document -> Bytea,
        request_hash -> Bytea,
        counted_by -> Uuid,
        counted_at -> Timestamptz,
    }
}

diesel::table! {
    stock_count_line (count_id, lot_id) {
        count_id -> Uuid,
        lot_id -> Uuid,
        booked_milli -> BigInt,
        counted_milli -> BigInt,
    }
}

diesel::table! {
    stock_lot (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        fund_id -> Integer,
        item -> Text,
        unit -> Text,
        valuation -> Text,
        entry_id -> Uuid,
        came_on -> Date,
        expires_on -> Nullable<Date>,
        store_id -> Nullable<Uuid>,
        quantity_milli -> BigInt,
        value_vnd -> BigInt,
    }
}

diesel::table! {
    stock_movement (lot_id, entry_id, back) {
        lot_id -> Uuid,
        entry_id -> Uuid,
        back -> Bool,
        quantity_milli -> BigInt,
        value_vnd -> BigInt,
        moved_at -> Timestamptz,
    }
}

diesel::table! {
    stock_on_hand (chapter_id, fund_id, item, unit) {
        chapter_id -> Uuid,
        fund_id -> Integer,
        item -> Text,
        unit -> Text,
        quantity_milli -> BigInt,
        value_vnd -> BigInt,
    }
}

diesel::table! {
    stock_store (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        name -> Text,
        address -> Nullable<Text>,
        made_by -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    subscriber (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        url -> Text,
        kinds -> Array<Text>,
        secret -> Bytea,
        former_secret -> Nullable<Bytea>,
        former_until -> Nullable<Timestamptz>,
        since -> Nullable<Text>,
        made_at -> Timestamptz,
        made_by -> Uuid,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    succession (id) {
        id -> Uuid,
        kind -> Text,
        state -> Text,
        above_chapter_id -> Uuid,
        effective_on -> Date,
        decision_no -> Text,
        document -> Bytea,
        plan -> Jsonb,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        approved_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    succession_chapter (succession_id, chapter_id) {
        succession_id -> Uuid,
        chapter_id -> Uuid,
        goes -> Bool,
    }
}

diesel::table! {
    succession_entry (entry_id) {
        entry_id -> Uuid,
        succession_id -> Uuid,
    }
}

diesel::table! {
    team (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        kind -> Text,
        name -> Text,
        place -> Nullable<Text>,
        founded_on -> Date,
        decision_no -> Nullable<Text>,
        version -> Integer,
        made_by -> Uuid,
        made_at -> Timestamptz,
        ended_on -> Nullable<Date>,
        end_decision_no -> Nullable<Text>,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    team_exercise (id) {
        id -> Uuid,
        team_id -> Uuid,
        held_on -> Date,
        what -> Text,
        note -> Nullable<Bytea>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    team_exercise_member (exercise_id, member_id) {
        exercise_id -> Uuid,
        member_id -> Uuid,
    }
}

diesel::table! {
    team_item (team_id, n) {
        team_id -> Uuid,
        n -> SmallInt,
        item -> Text,
        quantity -> Integer,
        place -> Nullable<Text>,
        checked_on -> Nullable<Date>,
    }
}

diesel::table! {
    team_lead (id) {
        id -> Uuid,
        team_id -> Uuid,
        member_id -> Uuid,
        role -> Text,
        from_day -> Date,
        until_day -> Nullable<Date>,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    team_member (id) {
        id -> Uuid,
        team_id -> Uuid,
        person_id -> Uuid,
        from_day -> Date,
        until_day -> Nullable<Date>,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    team_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    total_by_day (scope_id, fund_id, measure, part, day) {
        scope_id -> Uuid,
        fund_id -> Integer,
        measure -> Text,
        part -> Text,
        day -> Date,
        own_vnd -> BigInt,
        own_count -> BigInt,
        subtree_vnd -> BigInt,
        subtree_count -> BigInt,
    }
}

diesel::table! {
    total_overall (scope_id, fund_id, measure, part) {
        scope_id -> Uuid,
        fund_id -> Integer,
        measure -> Text,
        part -> Text,
        own_vnd -> BigInt,
        own_count -> BigInt,
        subtree_vnd -> BigInt,
        subtree_count -> BigInt,
    }
}

diesel::table! {
    transfer (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        to_chapter_id -> Uuid,
        fund_id -> Integer,
        amount_vnd -> BigInt,
        source -> Text,
        by_book -> Bool,
        day -> Nullable<Date>,
        document -> Nullable<Bytea>,
        state -> Text,
        confirmed_vnd -> BigInt,
        returned_vnd -> BigInt,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        entry_id -> Nullable<Uuid>,
        sent_on -> Nullable<Date>,
        receipt_refusal -> Nullable<Text>,
        receipt_refused_by -> Nullable<Uuid>,
        receipt_refused_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    transfer_asked_goods (transfer_id, n) {
        transfer_id -> Uuid,
        n -> SmallInt,
        item -> Text,
        unit -> Text,
        quantity_milli -> BigInt,
    }
}

diesel::table! {
    transfer_goods (transfer_id, n) {
        transfer_id -> Uuid,
        n -> SmallInt,
        item -> Text,
        quantity_milli -> BigInt,
        unit -> Text,
        value_vnd -> BigInt,
        valuation -> Text,
        expires_on -> Nullable<Date>,
        left_milli -> BigInt,
        left_vnd -> BigInt,
    }
}

diesel::table! {
    transfer_open (out_code) {
        out_code -> Text,
        from_chapter -> Text,
        to_chapter -> Text,
        fund -> Text,
        outstanding_vnd -> BigInt,
        sent_on -> Date,
    }
}

diesel::table! {
    transfer_part (id) {
        id -> Uuid,
        transfer_id -> Uuid,
        kind -> Text,
        amount_vnd -> BigInt,
        account -> Text,
        day -> Nullable<Date>,
        document -> Nullable<Bytea>,
        reason -> Nullable<Text>,
        note -> Nullable<Bytea>,
        request_hash -> Nullable<Bytea>,
        bare_hash -> Nullable<Bytea>,
        state -> Text,
        entry_id -> Nullable<Uuid>,
        loss_entry_id -> Nullable<Uuid>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    transfer_part_goods (part_id, n) {
        part_id -> Uuid,
        transfer_id -> Uuid,
        n -> SmallInt,
        quantity_milli -> BigInt,
        value_vnd -> BigInt,
    }
}

diesel::table! {
    unit_merger (former_id, new_code) {
        former_id -> Text,
        new_code -> Text,
        relation -> Text,
        note -> Text,
    }
}

diesel::table! {
    upload (id) {
        id -> Uuid,
        account_id -> Uuid,
        chapter_id -> Uuid,
        purpose -> Text,
        name -> Bytea,
        media_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Text,
        request_hash -> Bytea,
        offset_bytes -> BigInt,
        state -> Text,
        refusal -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    upload_chunk (upload_id, at_bytes) {
        upload_id -> Uuid,
        at_bytes -> BigInt,
        length_bytes -> BigInt,
        sha256 -> Text,
        file -> Text,
    }
}

diesel::table! {
    urgent_call (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        component -> Text,
        abo -> Text,
        rh -> Text,
        hospital -> Text,
        reason -> Text,
        until_at -> Timestamptz,
        needed -> Integer,
        reach -> Text,
        club_id -> Nullable<Uuid>,
        wave_size -> Integer,
        wave_minutes -> Nullable<Integer>,
        state -> Text,
        enough_at -> Nullable<Timestamptz>,
        next_wave_at -> Nullable<Timestamptz>,
        version -> Integer,
        made_by -> Uuid,
        made_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    urgent_call_answer (id) {
        id -> BigInt,
        asked_id -> Uuid,
        answer -> Text,
        arrives_at -> Nullable<Timestamptz>,
        answered_at -> Timestamptz,
        account_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    urgent_call_asked (id) {
        id -> Uuid,
        urgent_call_id -> Uuid,
        wave_id -> Uuid,
        chapter_id -> Uuid,
        donor_id -> Uuid,
        person_id -> Uuid,
        party_hash -> Nullable<Bytea>,
        asked_at -> Timestamptz,
        by_message -> Bool,
        code -> Text,
        answer -> Nullable<Text>,
        arrives_at -> Nullable<Timestamptz>,
        answered_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Uuid>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    urgent_call_request (id) {
        id -> Uuid,
        request_hash -> Bytea,
    }
}

diesel::table! {
    urgent_call_rule (valid_from) {
        valid_from -> Date,
        quiet_from_minute -> Nullable<Integer>,
        quiet_until_minute -> Nullable<Integer>,
        most_a_month -> Integer,
        most_for_one -> Integer,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    urgent_call_stop (person_id, stopped_at) {
        person_id -> Uuid,
        party_hash -> Nullable<Bytea>,
        stopped_at -> Timestamptz,
        lifted_at -> Nullable<Timestamptz>,
        lifted_by -> Nullable<Uuid>,
        lifted_how -> Nullable<Text>,
    }
}

diesel::table! {
    urgent_call_wave (id) {
        id -> Uuid,
        urgent_call_id -> Uuid,
        n -> Integer,
        asked_by -> Nullable<Uuid>,
        asked_at -> Timestamptz,
        wanted -> Integer,
        asked -> Integer,
        quiet_reason -> Nullable<Text>,
    }
}

diesel::table! {
    volunteer (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        person_id -> Uuid,
        kind -> Text,
        state -> Text,
        willing -> Nullable<Bool>,
        willing_on -> Nullable<Date>,
        weekdays -> SmallInt,
        day_parts -> SmallInt,
        languages -> Array<Text>,
        means -> Array<Text>,
        insured_until -> Nullable<Date>,
        since -> Nullable<Date>,
        request_hash -> Bytea,
        version -> Integer,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    volunteer_application (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        content -> Nullable<Bytea>,
        address_hash -> Nullable<Bytea>,
        text_version -> SmallInt,
        state -> Text,
        made_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        confirmed_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        volunteer_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    volunteer_consent_text (version) {
        version -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    volunteer_hours (id) {
        id -> Uuid,
        volunteer_id -> Uuid,
        chapter_id -> Uuid,
        party_id -> Nullable<Uuid>,
        occasion -> Nullable<Text>,
        content -> Nullable<Bytea>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        corrects -> Nullable<Uuid>,
        stands -> Bool,
    }
}

diesel::table! {
    volunteer_hours_void (hours_id) {
        hours_id -> Uuid,
        reason -> Nullable<Bytea>,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    volunteer_import (id) {
        id -> Uuid,
        chapter_id -> Uuid,
        content_hash -> Bytea,
        state -> Text,
        verified -> Bool,
        row_count -> Integer,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
    }
}

diesel::table! {
    volunteer_import_part (id) {
        id -> Uuid,
        import_id -> Uuid,
        n -> SmallInt,
        row_count -> SmallInt,
        people -> Nullable<Bytea>,
        entered -> Nullable<SmallInt>,
        refused -> Nullable<Jsonb>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    volunteer_rule (name, valid_from) {
        name -> Text,
        value -> Integer,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    volunteer_skill (volunteer_id, skill) {
        volunteer_id -> Uuid,
        skill -> Text,
        level -> Text,
        proof -> Text,
        certificate -> Nullable<Text>,
        expires_on -> Nullable<Date>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    volunteer_span (volunteer_id, n) {
        volunteer_id -> Uuid,
        n -> Integer,
        chapter_id -> Uuid,
        party_id -> Nullable<Uuid>,
        kind -> Text,
        from_day -> Date,
        to_day -> Nullable<Date>,
    }
}

diesel::table! {
    volunteer_step (id) {
        id -> Uuid,
        volunteer_id -> Uuid,
        kind -> Text,
        reason -> Nullable<Bytea>,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
    }
}

diesel::table! {
    volunteer_title (code) {
        code -> Text,
        rank -> SmallInt,
        vi -> Text,
        en -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        mark -> Text,
        source -> Text,
    }
}

diesel::table! {
    volunteer_title_given (id) {
        id -> Uuid,
        volunteer_id -> Uuid,
        title -> Text,
        decision_no -> Text,
        decision_on -> Date,
        request_hash -> Bytea,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        ended_on -> Nullable<Date>,
        end_decision_no -> Nullable<Text>,
        ended_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    voucher (chapter_id, document, year, no) {
        chapter_id -> Uuid,
        document -> Text,
        year -> SmallInt,
        no -> BigInt,
        entry_id -> Uuid,
        issued_on -> Date,
        issued_at -> Timestamptz,
        issued_by -> Uuid,
    }
}

diesel::table! {
    voucher_note (code, valid_from) {
        code -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        vi -> Text,
        en -> Text,
        mark -> Text,
        source -> Text,
    }
}

// Tables that one query may name together: those of a foreign key. Pairs without one stand in `db::joins`. (All with all would be
// thousands of trait implementations, and most of the compiler's time.)
diesel::allow_tables_to_appear_in_same_query!(account, activity);
diesel::allow_tables_to_appear_in_same_query!(account, activity_correction);
diesel::allow_tables_to_appear_in_same_query!(account, activity_photo_consent);
diesel::allow_tables_to_appear_in_same_query!(account, appeal);
diesel::allow_tables_to_appear_in_same_query!(account, appeal_milestone);
diesel::allow_tables_to_appear_in_same_query!(account, appeal_version);
diesel::allow_tables_to_appear_in_same_query!(account, asked_gift);
diesel::allow_tables_to_appear_in_same_query!(account, blood_certificate);
diesel::allow_tables_to_appear_in_same_query!(account, blood_club);
diesel::allow_tables_to_appear_in_same_query!(account, blood_club_member);
diesel::allow_tables_to_appear_in_same_query!(account, blood_family);
diesel::allow_tables_to_appear_in_same_query!(account, blood_family_member);
diesel::allow_tables_to_appear_in_same_query!(account, blood_honour_list);
diesel::allow_tables_to_appear_in_same_query!(account, blood_honour_shown);
diesel::allow_tables_to_appear_in_same_query!(account, blood_honour_threshold);
diesel::allow_tables_to_appear_in_same_query!(account, blood_redemption);
diesel::allow_tables_to_appear_in_same_query!(account, blood_target_decision);
diesel::allow_tables_to_appear_in_same_query!(account, booking);
diesel::allow_tables_to_appear_in_same_query!(account, call_out);
diesel::allow_tables_to_appear_in_same_query!(account, call_out_answer);
diesel::allow_tables_to_appear_in_same_query!(account, call_out_asked);
diesel::allow_tables_to_appear_in_same_query!(account, call_out_scan);
diesel::allow_tables_to_appear_in_same_query!(account, call_out_stop);
diesel::allow_tables_to_appear_in_same_query!(account, call_out_wave);
diesel::allow_tables_to_appear_in_same_query!(account, campaign);
diesel::allow_tables_to_appear_in_same_query!(account, certificate);
diesel::allow_tables_to_appear_in_same_query!(account, chapter);
diesel::allow_tables_to_appear_in_same_query!(account, chapter_version);
diesel::allow_tables_to_appear_in_same_query!(account, commendation);
diesel::allow_tables_to_appear_in_same_query!(account, commendation_quota);
diesel::allow_tables_to_appear_in_same_query!(account, commendation_shown);
diesel::allow_tables_to_appear_in_same_query!(account, committee);
diesel::allow_tables_to_appear_in_same_query!(account, consent);
diesel::allow_tables_to_appear_in_same_query!(account, correction);
diesel::allow_tables_to_appear_in_same_query!(account, course);
diesel::allow_tables_to_appear_in_same_query!(account, course_correction);
diesel::allow_tables_to_appear_in_same_query!(account, course_enrolment);
diesel::allow_tables_to_appear_in_same_query!(account, decision);
diesel::allow_tables_to_appear_in_same_query!(account, decision_step);
diesel::allow_tables_to_appear_in_same_query!(account, document);
diesel::allow_tables_to_appear_in_same_query!(account, document_link);
diesel::allow_tables_to_appear_in_same_query!(account, document_publication);
diesel::allow_tables_to_appear_in_same_query!(account, document_withdrawal);
diesel::allow_tables_to_appear_in_same_query!(account, donation);
diesel::allow_tables_to_appear_in_same_query!(account, donor);
diesel::allow_tables_to_appear_in_same_query!(account, drive);
diesel::allow_tables_to_appear_in_same_query!(account, drive_check_in);
diesel::allow_tables_to_appear_in_same_query!(account, drive_correction);
diesel::allow_tables_to_appear_in_same_query!(account, drive_difference);
diesel::allow_tables_to_appear_in_same_query!(account, drive_file);
diesel::allow_tables_to_appear_in_same_query!(account, drive_shift);
diesel::allow_tables_to_appear_in_same_query!(account, drive_shift_helper);
diesel::allow_tables_to_appear_in_same_query!(account, dues_remittance);
diesel::allow_tables_to_appear_in_same_query!(account, dues_sheet);
diesel::allow_tables_to_appear_in_same_query!(account, family_finding);
diesel::allow_tables_to_appear_in_same_query!(account, family_hand_over);
diesel::allow_tables_to_appear_in_same_query!(account, family_likeness);
diesel::allow_tables_to_appear_in_same_query!(account, family_link);
diesel::allow_tables_to_appear_in_same_query!(account, family_step);
diesel::allow_tables_to_appear_in_same_query!(account, gift_import);
diesel::allow_tables_to_appear_in_same_query!(account, idempotency_key);
diesel::allow_tables_to_appear_in_same_query!(account, information_request);
diesel::allow_tables_to_appear_in_same_query!(account, job);
diesel::allow_tables_to_appear_in_same_query!(account, known_device);
diesel::allow_tables_to_appear_in_same_query!(account, link);
diesel::allow_tables_to_appear_in_same_query!(account, member);
diesel::allow_tables_to_appear_in_same_query!(account, member_import);
diesel::allow_tables_to_appear_in_same_query!(account, member_step);
diesel::allow_tables_to_appear_in_same_query!(account, message);
diesel::allow_tables_to_appear_in_same_query!(account, money_order);
diesel::allow_tables_to_appear_in_same_query!(account, movement_edition);
diesel::allow_tables_to_appear_in_same_query!(account, officer);
diesel::allow_tables_to_appear_in_same_query!(account, opening_balance);
diesel::allow_tables_to_appear_in_same_query!(account, opening_balance_reversal);
diesel::allow_tables_to_appear_in_same_query!(account, organ_registration);
diesel::allow_tables_to_appear_in_same_query!(account, organ_step);
diesel::allow_tables_to_appear_in_same_query!(account, password_link);
diesel::allow_tables_to_appear_in_same_query!(account, period_closing);
diesel::allow_tables_to_appear_in_same_query!(account, person);
diesel::allow_tables_to_appear_in_same_query!(account, person_join);
diesel::allow_tables_to_appear_in_same_query!(account, personal_data_request);
diesel::allow_tables_to_appear_in_same_query!(account, post_holder);
diesel::allow_tables_to_appear_in_same_query!(account, post_holder_shown);
diesel::allow_tables_to_appear_in_same_query!(account, practice_model);
diesel::allow_tables_to_appear_in_same_query!(account, programme);
diesel::allow_tables_to_appear_in_same_query!(account, publication);
diesel::allow_tables_to_appear_in_same_query!(account, recovery_code);
diesel::allow_tables_to_appear_in_same_query!(account, retention_proposal);
diesel::allow_tables_to_appear_in_same_query!(account, reversal_request);
diesel::allow_tables_to_appear_in_same_query!(account, role_assignment);
diesel::allow_tables_to_appear_in_same_query!(account, role_assignment_acts_for);
diesel::allow_tables_to_appear_in_same_query!(account, second_factor);
diesel::allow_tables_to_appear_in_same_query!(account, session);
diesel::allow_tables_to_appear_in_same_query!(account, settlement_report);
diesel::allow_tables_to_appear_in_same_query!(account, statement);
diesel::allow_tables_to_appear_in_same_query!(account, stock_adjustment);
diesel::allow_tables_to_appear_in_same_query!(account, stock_count);
diesel::allow_tables_to_appear_in_same_query!(account, stock_store);
diesel::allow_tables_to_appear_in_same_query!(account, subscriber);
diesel::allow_tables_to_appear_in_same_query!(account, succession);
diesel::allow_tables_to_appear_in_same_query!(account, team);
diesel::allow_tables_to_appear_in_same_query!(account, team_exercise);
diesel::allow_tables_to_appear_in_same_query!(account, team_lead);
diesel::allow_tables_to_appear_in_same_query!(account, team_member);
diesel::allow_tables_to_appear_in_same_query!(account, transfer);
diesel::allow_tables_to_appear_in_same_query!(account, transfer_part);
diesel::allow_tables_to_appear_in_same_query!(account, upload);
diesel::allow_tables_to_appear_in_same_query!(account, urgent_call);
diesel::allow_tables_to_appear_in_same_query!(account, urgent_call_answer);
diesel::allow_tables_to_appear_in_same_query!(account, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(account, urgent_call_stop);
diesel::allow_tables_to_appear_in_same_query!(account, urgent_call_wave);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_application);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_hours);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_hours_void);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_import);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_skill);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_step);
diesel::allow_tables_to_appear_in_same_query!(account, volunteer_title_given);
diesel::allow_tables_to_appear_in_same_query!(account, voucher);
diesel::allow_tables_to_appear_in_same_query!(activity, activity_area);
diesel::allow_tables_to_appear_in_same_query!(activity, activity_correction);
diesel::allow_tables_to_appear_in_same_query!(activity, activity_delivery);
diesel::allow_tables_to_appear_in_same_query!(activity, activity_photo_consent);
diesel::allow_tables_to_appear_in_same_query!(activity, campaign);
diesel::allow_tables_to_appear_in_same_query!(activity, chapter);
diesel::allow_tables_to_appear_in_same_query!(activity, movement);
diesel::allow_tables_to_appear_in_same_query!(activity, programme);
diesel::allow_tables_to_appear_in_same_query!(activity_area, practice_model);
diesel::allow_tables_to_appear_in_same_query!(activity_delivered, chapter);
diesel::allow_tables_to_appear_in_same_query!(activity_delivery, chapter);
diesel::allow_tables_to_appear_in_same_query!(activity_photo_consent, document);
diesel::allow_tables_to_appear_in_same_query!(activity_photo_consent, person);
diesel::allow_tables_to_appear_in_same_query!(activity_sum, chapter);
diesel::allow_tables_to_appear_in_same_query!(advance, chapter);
diesel::allow_tables_to_appear_in_same_query!(advance, entry);
diesel::allow_tables_to_appear_in_same_query!(advance, fund);
diesel::allow_tables_to_appear_in_same_query!(advance, money_order);
diesel::allow_tables_to_appear_in_same_query!(advance_clearing_line, money_order);
diesel::allow_tables_to_appear_in_same_query!(annotation, entry);
diesel::allow_tables_to_appear_in_same_query!(appeal, appeal_milestone);
diesel::allow_tables_to_appear_in_same_query!(appeal, appeal_share);
diesel::allow_tables_to_appear_in_same_query!(appeal, appeal_version);
diesel::allow_tables_to_appear_in_same_query!(appeal, asked_gift);
diesel::allow_tables_to_appear_in_same_query!(appeal, campaign_appeal);
diesel::allow_tables_to_appear_in_same_query!(appeal, chapter);
diesel::allow_tables_to_appear_in_same_query!(appeal, fund);
diesel::allow_tables_to_appear_in_same_query!(appeal, information_request);
diesel::allow_tables_to_appear_in_same_query!(appeal, publication);
diesel::allow_tables_to_appear_in_same_query!(appeal, settlement_report);
diesel::allow_tables_to_appear_in_same_query!(appeal_milestone, document_link);
diesel::allow_tables_to_appear_in_same_query!(appeal_milestone, statement);
diesel::allow_tables_to_appear_in_same_query!(appeal_share, chapter);
diesel::allow_tables_to_appear_in_same_query!(asked_gift, chapter);
diesel::allow_tables_to_appear_in_same_query!(balance, chapter);
diesel::allow_tables_to_appear_in_same_query!(balance, fund);
diesel::allow_tables_to_appear_in_same_query!(blood_centre, blood_file_layout);
diesel::allow_tables_to_appear_in_same_query!(blood_centre, drive);
diesel::allow_tables_to_appear_in_same_query!(blood_certificate, blood_redemption);
diesel::allow_tables_to_appear_in_same_query!(blood_certificate, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_certificate, donation);
diesel::allow_tables_to_appear_in_same_query!(blood_club, blood_club_member);
diesel::allow_tables_to_appear_in_same_query!(blood_club, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_club, urgent_call);
diesel::allow_tables_to_appear_in_same_query!(blood_club_member, donor);
diesel::allow_tables_to_appear_in_same_query!(blood_family, blood_family_member);
diesel::allow_tables_to_appear_in_same_query!(blood_family, blood_honour);
diesel::allow_tables_to_appear_in_same_query!(blood_family, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_family_member, donor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, blood_honour_list);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, blood_honour_shown);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, blood_honour_threshold);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_honour, donor);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_list, blood_honour_threshold);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_list, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_honour_threshold, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_result, blood_result_count);
diesel::allow_tables_to_appear_in_same_query!(blood_result, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_result, drive);
diesel::allow_tables_to_appear_in_same_query!(blood_result, statement);
diesel::allow_tables_to_appear_in_same_query!(blood_result_month, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_result_year, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_result_year_count, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_target, blood_target_decision);
diesel::allow_tables_to_appear_in_same_query!(blood_target, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_target_decision, chapter);
diesel::allow_tables_to_appear_in_same_query!(blood_target_decision, statement);
diesel::allow_tables_to_appear_in_same_query!(booking, booking_consent_text);
diesel::allow_tables_to_appear_in_same_query!(booking, drive);
diesel::allow_tables_to_appear_in_same_query!(booking, drive_check_in);
diesel::allow_tables_to_appear_in_same_query!(booking, drive_correction_item);
diesel::allow_tables_to_appear_in_same_query!(booking, drive_difference);
diesel::allow_tables_to_appear_in_same_query!(booking, drive_row);
diesel::allow_tables_to_appear_in_same_query!(booking, drive_slot);
diesel::allow_tables_to_appear_in_same_query!(call_out, call_out_asked);
diesel::allow_tables_to_appear_in_same_query!(call_out, call_out_shift);
diesel::allow_tables_to_appear_in_same_query!(call_out, call_out_wave);
diesel::allow_tables_to_appear_in_same_query!(call_out, campaign);
diesel::allow_tables_to_appear_in_same_query!(call_out, chapter);
diesel::allow_tables_to_appear_in_same_query!(call_out, drive);
diesel::allow_tables_to_appear_in_same_query!(call_out, team);
diesel::allow_tables_to_appear_in_same_query!(call_out_answer, call_out_asked);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, call_out_scan);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, call_out_shift);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, call_out_wave);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, chapter);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, person);
diesel::allow_tables_to_appear_in_same_query!(call_out_asked, volunteer);
diesel::allow_tables_to_appear_in_same_query!(call_out_stop, person);
diesel::allow_tables_to_appear_in_same_query!(campaign, campaign_appeal);
diesel::allow_tables_to_appear_in_same_query!(campaign, campaign_drive);
diesel::allow_tables_to_appear_in_same_query!(campaign, chapter);
diesel::allow_tables_to_appear_in_same_query!(campaign, movement);
diesel::allow_tables_to_appear_in_same_query!(campaign, programme);
diesel::allow_tables_to_appear_in_same_query!(campaign_drive, drive);
diesel::allow_tables_to_appear_in_same_query!(certificate, certificate_name_text);
diesel::allow_tables_to_appear_in_same_query!(certificate, chapter);
diesel::allow_tables_to_appear_in_same_query!(certificate, course_enrolment);
diesel::allow_tables_to_appear_in_same_query!(certificate, course_kind);
diesel::allow_tables_to_appear_in_same_query!(certificate, person);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_ancestor);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_former_name);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_request);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_stand_in);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_successor);
diesel::allow_tables_to_appear_in_same_query!(chapter, chapter_version);
diesel::allow_tables_to_appear_in_same_query!(chapter, closed_period);
diesel::allow_tables_to_appear_in_same_query!(chapter, commendation);
diesel::allow_tables_to_appear_in_same_query!(chapter, commendation_quota);
diesel::allow_tables_to_appear_in_same_query!(chapter, committee);
diesel::allow_tables_to_appear_in_same_query!(chapter, correction);
diesel::allow_tables_to_appear_in_same_query!(chapter, course);
diesel::allow_tables_to_appear_in_same_query!(chapter, course_correction);
diesel::allow_tables_to_appear_in_same_query!(chapter, decision);
diesel::allow_tables_to_appear_in_same_query!(chapter, decision_rule);
diesel::allow_tables_to_appear_in_same_query!(chapter, decision_step);
diesel::allow_tables_to_appear_in_same_query!(chapter, document);
diesel::allow_tables_to_appear_in_same_query!(chapter, donation);
diesel::allow_tables_to_appear_in_same_query!(chapter, donor);
diesel::allow_tables_to_appear_in_same_query!(chapter, drive);
diesel::allow_tables_to_appear_in_same_query!(chapter, drive_correction);
diesel::allow_tables_to_appear_in_same_query!(chapter, drive_file);
diesel::allow_tables_to_appear_in_same_query!(chapter, dues_exemption);
diesel::allow_tables_to_appear_in_same_query!(chapter, dues_owed);
diesel::allow_tables_to_appear_in_same_query!(chapter, dues_remittance);
diesel::allow_tables_to_appear_in_same_query!(chapter, dues_rule);
diesel::allow_tables_to_appear_in_same_query!(chapter, dues_sheet);
diesel::allow_tables_to_appear_in_same_query!(chapter, entry_detail);
diesel::allow_tables_to_appear_in_same_query!(chapter, family_hand_over);
diesel::allow_tables_to_appear_in_same_query!(chapter, family_likeness);
diesel::allow_tables_to_appear_in_same_query!(chapter, family_link);
diesel::allow_tables_to_appear_in_same_query!(chapter, family_step);
diesel::allow_tables_to_appear_in_same_query!(chapter, gift_import);
diesel::allow_tables_to_appear_in_same_query!(chapter, gift_limit);
diesel::allow_tables_to_appear_in_same_query!(chapter, information_request);
diesel::allow_tables_to_appear_in_same_query!(chapter, job);
diesel::allow_tables_to_appear_in_same_query!(chapter, link);
diesel::allow_tables_to_appear_in_same_query!(chapter, member);
diesel::allow_tables_to_appear_in_same_query!(chapter, member_import);
diesel::allow_tables_to_appear_in_same_query!(chapter, member_span);
diesel::allow_tables_to_appear_in_same_query!(chapter, member_step);
diesel::allow_tables_to_appear_in_same_query!(chapter, member_tally);
diesel::allow_tables_to_appear_in_same_query!(chapter, message);
diesel::allow_tables_to_appear_in_same_query!(chapter, money_order);
diesel::allow_tables_to_appear_in_same_query!(chapter, number_series);
diesel::allow_tables_to_appear_in_same_query!(chapter, opening_balance);
diesel::allow_tables_to_appear_in_same_query!(chapter, opening_balance_reversal);
diesel::allow_tables_to_appear_in_same_query!(chapter, organ_registration);
diesel::allow_tables_to_appear_in_same_query!(chapter, party_alias);
diesel::allow_tables_to_appear_in_same_query!(chapter, party_restriction);
diesel::allow_tables_to_appear_in_same_query!(chapter, period_closing);
diesel::allow_tables_to_appear_in_same_query!(chapter, person);
diesel::allow_tables_to_appear_in_same_query!(chapter, person_join);
diesel::allow_tables_to_appear_in_same_query!(chapter, personal_data_request);
diesel::allow_tables_to_appear_in_same_query!(chapter, personal_data_request_chapter);
diesel::allow_tables_to_appear_in_same_query!(chapter, practice_model);
diesel::allow_tables_to_appear_in_same_query!(chapter, programme);
diesel::allow_tables_to_appear_in_same_query!(chapter, public_card);
diesel::allow_tables_to_appear_in_same_query!(chapter, public_certificate);
diesel::allow_tables_to_appear_in_same_query!(chapter, public_course_count);
diesel::allow_tables_to_appear_in_same_query!(chapter, public_member_count);
diesel::allow_tables_to_appear_in_same_query!(chapter, public_volunteer_count);
diesel::allow_tables_to_appear_in_same_query!(chapter, retention_proposal);
diesel::allow_tables_to_appear_in_same_query!(chapter, reversal_by_month);
diesel::allow_tables_to_appear_in_same_query!(chapter, reversal_by_officer);
diesel::allow_tables_to_appear_in_same_query!(chapter, reversal_overall);
diesel::allow_tables_to_appear_in_same_query!(chapter, reversal_request);
diesel::allow_tables_to_appear_in_same_query!(chapter, role_assignment);
diesel::allow_tables_to_appear_in_same_query!(chapter, role_assignment_acts_for);
diesel::allow_tables_to_appear_in_same_query!(chapter, settlement_report);
diesel::allow_tables_to_appear_in_same_query!(chapter, statement);
diesel::allow_tables_to_appear_in_same_query!(chapter, stock_adjustment);
diesel::allow_tables_to_appear_in_same_query!(chapter, stock_count);
diesel::allow_tables_to_appear_in_same_query!(chapter, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(chapter, stock_on_hand);
diesel::allow_tables_to_appear_in_same_query!(chapter, stock_store);
diesel::allow_tables_to_appear_in_same_query!(chapter, subscriber);
diesel::allow_tables_to_appear_in_same_query!(chapter, succession);
diesel::allow_tables_to_appear_in_same_query!(chapter, succession_chapter);
diesel::allow_tables_to_appear_in_same_query!(chapter, team);
diesel::allow_tables_to_appear_in_same_query!(chapter, transfer);
diesel::allow_tables_to_appear_in_same_query!(chapter, transfer_open);
diesel::allow_tables_to_appear_in_same_query!(chapter, upload);
diesel::allow_tables_to_appear_in_same_query!(chapter, urgent_call);
diesel::allow_tables_to_appear_in_same_query!(chapter, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(chapter, volunteer);
diesel::allow_tables_to_appear_in_same_query!(chapter, volunteer_application);
diesel::allow_tables_to_appear_in_same_query!(chapter, volunteer_hours);
diesel::allow_tables_to_appear_in_same_query!(chapter, volunteer_import);
diesel::allow_tables_to_appear_in_same_query!(chapter, volunteer_span);
diesel::allow_tables_to_appear_in_same_query!(closed_period, period_closing);
diesel::allow_tables_to_appear_in_same_query!(closed_period, statement);
diesel::allow_tables_to_appear_in_same_query!(commendation, commendation_citation);
diesel::allow_tables_to_appear_in_same_query!(commendation, commendation_form);
diesel::allow_tables_to_appear_in_same_query!(commendation, commendation_shown);
diesel::allow_tables_to_appear_in_same_query!(commendation, person);
diesel::allow_tables_to_appear_in_same_query!(commendation_form, commendation_quota);
diesel::allow_tables_to_appear_in_same_query!(committee, committee_post);
diesel::allow_tables_to_appear_in_same_query!(committee_post, post_holder);
diesel::allow_tables_to_appear_in_same_query!(committee_post, post_title);
diesel::allow_tables_to_appear_in_same_query!(consent, consent_text);
diesel::allow_tables_to_appear_in_same_query!(consent, gift);
diesel::allow_tables_to_appear_in_same_query!(consent, party);
diesel::allow_tables_to_appear_in_same_query!(correction, entry);
diesel::allow_tables_to_appear_in_same_query!(course, course_enrolment);
diesel::allow_tables_to_appear_in_same_query!(course, course_kind);
diesel::allow_tables_to_appear_in_same_query!(course, course_request);
diesel::allow_tables_to_appear_in_same_query!(course, course_session);
diesel::allow_tables_to_appear_in_same_query!(course, course_trainer);
diesel::allow_tables_to_appear_in_same_query!(course_attendance, course_enrolment);
diesel::allow_tables_to_appear_in_same_query!(course_attendance, course_session);
diesel::allow_tables_to_appear_in_same_query!(course_correction, course_enrolment);
diesel::allow_tables_to_appear_in_same_query!(course_enrolment, person);
diesel::allow_tables_to_appear_in_same_query!(course_kind, course_kind_rule);
diesel::allow_tables_to_appear_in_same_query!(course_kind, public_certificate);
diesel::allow_tables_to_appear_in_same_query!(course_kind, skill);
diesel::allow_tables_to_appear_in_same_query!(course_trainer, person);
diesel::allow_tables_to_appear_in_same_query!(data_step, data_step_note);
diesel::allow_tables_to_appear_in_same_query!(deadline_change, personal_data_request);
diesel::allow_tables_to_appear_in_same_query!(decision, decision_step);
diesel::allow_tables_to_appear_in_same_query!(delivery, subscriber);
diesel::allow_tables_to_appear_in_same_query!(document, document_closure);
diesel::allow_tables_to_appear_in_same_query!(document, document_link);
diesel::allow_tables_to_appear_in_same_query!(document, document_publication);
diesel::allow_tables_to_appear_in_same_query!(document, document_withdrawal);
diesel::allow_tables_to_appear_in_same_query!(document, publication);
diesel::allow_tables_to_appear_in_same_query!(document_link, document_publication);
diesel::allow_tables_to_appear_in_same_query!(document_link, publication);
diesel::allow_tables_to_appear_in_same_query!(donation, donor);
diesel::allow_tables_to_appear_in_same_query!(donation, drive);
diesel::allow_tables_to_appear_in_same_query!(donation, drive_correction_item);
diesel::allow_tables_to_appear_in_same_query!(donor, person);
diesel::allow_tables_to_appear_in_same_query!(donor, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_check_in);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_correction);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_deferral);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_difference);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_equipment);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_file);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_request);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_shift);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_slot);
diesel::allow_tables_to_appear_in_same_query!(drive, drive_total);
diesel::allow_tables_to_appear_in_same_query!(drive, public_booking);
diesel::allow_tables_to_appear_in_same_query!(drive, team);
diesel::allow_tables_to_appear_in_same_query!(drive_correction, drive_correction_item);
diesel::allow_tables_to_appear_in_same_query!(drive_correction, drive_row);
diesel::allow_tables_to_appear_in_same_query!(drive_correction, statement);
diesel::allow_tables_to_appear_in_same_query!(drive_correction_item, drive_row);
diesel::allow_tables_to_appear_in_same_query!(drive_difference, drive_file);
diesel::allow_tables_to_appear_in_same_query!(drive_difference, drive_row);
diesel::allow_tables_to_appear_in_same_query!(drive_file, drive_row);
diesel::allow_tables_to_appear_in_same_query!(drive_shift, drive_shift_helper);
diesel::allow_tables_to_appear_in_same_query!(drive_shift_helper, volunteer);
diesel::allow_tables_to_appear_in_same_query!(dues_line, dues_month);
diesel::allow_tables_to_appear_in_same_query!(dues_line, dues_sheet);
diesel::allow_tables_to_appear_in_same_query!(dues_line, member);
diesel::allow_tables_to_appear_in_same_query!(dues_month, member);
diesel::allow_tables_to_appear_in_same_query!(dues_owed, dues_sheet);
diesel::allow_tables_to_appear_in_same_query!(dues_remittance, transfer);
diesel::allow_tables_to_appear_in_same_query!(dues_rule, dues_sheet);
diesel::allow_tables_to_appear_in_same_query!(dues_sheet, entry);
diesel::allow_tables_to_appear_in_same_query!(entry, entry_detail);
diesel::allow_tables_to_appear_in_same_query!(entry, gift);
diesel::allow_tables_to_appear_in_same_query!(entry, money_order);
diesel::allow_tables_to_appear_in_same_query!(entry, opening_balance_entry);
diesel::allow_tables_to_appear_in_same_query!(entry, own_cost);
diesel::allow_tables_to_appear_in_same_query!(entry, passed_on);
diesel::allow_tables_to_appear_in_same_query!(entry, posting);
diesel::allow_tables_to_appear_in_same_query!(entry, reversal_request);
diesel::allow_tables_to_appear_in_same_query!(entry, stock_adjustment_entry);
diesel::allow_tables_to_appear_in_same_query!(entry, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(entry, stock_movement);
diesel::allow_tables_to_appear_in_same_query!(entry, succession_entry);
diesel::allow_tables_to_appear_in_same_query!(entry, transfer);
diesel::allow_tables_to_appear_in_same_query!(entry, transfer_open);
diesel::allow_tables_to_appear_in_same_query!(entry, transfer_part);
diesel::allow_tables_to_appear_in_same_query!(entry, voucher);
diesel::allow_tables_to_appear_in_same_query!(family_consent_text, family_finding);
diesel::allow_tables_to_appear_in_same_query!(family_consent_text, family_link);
diesel::allow_tables_to_appear_in_same_query!(family_finding, family_link);
diesel::allow_tables_to_appear_in_same_query!(family_hand_over, family_link);
diesel::allow_tables_to_appear_in_same_query!(family_likeness, family_link);
diesel::allow_tables_to_appear_in_same_query!(family_link, family_step);
diesel::allow_tables_to_appear_in_same_query!(former_unit, unit_merger);
diesel::allow_tables_to_appear_in_same_query!(fund, money_order);
diesel::allow_tables_to_appear_in_same_query!(fund, opening_balance_entry);
diesel::allow_tables_to_appear_in_same_query!(fund, opening_balance_line);
diesel::allow_tables_to_appear_in_same_query!(fund, stock_adjustment);
diesel::allow_tables_to_appear_in_same_query!(fund, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(fund, stock_on_hand);
diesel::allow_tables_to_appear_in_same_query!(fund, transfer);
diesel::allow_tables_to_appear_in_same_query!(fund, transfer_open);
diesel::allow_tables_to_appear_in_same_query!(gift, gift_line);
diesel::allow_tables_to_appear_in_same_query!(gift, paper_slip);
diesel::allow_tables_to_appear_in_same_query!(gift, paper_slip_collision);
diesel::allow_tables_to_appear_in_same_query!(gift, party);
diesel::allow_tables_to_appear_in_same_query!(gift, personal_data_request);
diesel::allow_tables_to_appear_in_same_query!(gift, reversal_request);
diesel::allow_tables_to_appear_in_same_query!(gift_import, gift_import_part);
diesel::allow_tables_to_appear_in_same_query!(gift_line, item);
diesel::allow_tables_to_appear_in_same_query!(information_request, publication);
diesel::allow_tables_to_appear_in_same_query!(item, purchase_line);
diesel::allow_tables_to_appear_in_same_query!(item, stock_adjustment_line);
diesel::allow_tables_to_appear_in_same_query!(item, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(item, stock_on_hand);
diesel::allow_tables_to_appear_in_same_query!(item, transfer_asked_goods);
diesel::allow_tables_to_appear_in_same_query!(item, transfer_goods);
diesel::allow_tables_to_appear_in_same_query!(known_device, session);
diesel::allow_tables_to_appear_in_same_query!(link, password_link);
diesel::allow_tables_to_appear_in_same_query!(log_key, log_key_retired);
diesel::allow_tables_to_appear_in_same_query!(member, member_card);
diesel::allow_tables_to_appear_in_same_query!(member, member_consent);
diesel::allow_tables_to_appear_in_same_query!(member, member_grade);
diesel::allow_tables_to_appear_in_same_query!(member, member_span);
diesel::allow_tables_to_appear_in_same_query!(member, member_step);
diesel::allow_tables_to_appear_in_same_query!(member, person);
diesel::allow_tables_to_appear_in_same_query!(member_consent, member_consent_text);
diesel::allow_tables_to_appear_in_same_query!(member_consent_text, member_import);
diesel::allow_tables_to_appear_in_same_query!(member_grade, member_grade_title);
diesel::allow_tables_to_appear_in_same_query!(member_grade_title, member_step);
diesel::allow_tables_to_appear_in_same_query!(member_import, member_import_part);
diesel::allow_tables_to_appear_in_same_query!(member_tally, member_tally_day);
diesel::allow_tables_to_appear_in_same_query!(money_order, purchase);
diesel::allow_tables_to_appear_in_same_query!(movement, movement_edition);
diesel::allow_tables_to_appear_in_same_query!(movement, practice_model);
diesel::allow_tables_to_appear_in_same_query!(officer, officer_code);
diesel::allow_tables_to_appear_in_same_query!(officer_code, reversal_by_officer);
diesel::allow_tables_to_appear_in_same_query!(opening_balance, opening_balance_entry);
diesel::allow_tables_to_appear_in_same_query!(opening_balance, opening_balance_held);
diesel::allow_tables_to_appear_in_same_query!(opening_balance, opening_balance_line);
diesel::allow_tables_to_appear_in_same_query!(opening_balance, opening_balance_reversal);
diesel::allow_tables_to_appear_in_same_query!(organ_consent_text, organ_registration);
diesel::allow_tables_to_appear_in_same_query!(organ_registration, organ_step);
diesel::allow_tables_to_appear_in_same_query!(party, party_alias);
diesel::allow_tables_to_appear_in_same_query!(party, party_restriction);
diesel::allow_tables_to_appear_in_same_query!(party, person);
diesel::allow_tables_to_appear_in_same_query!(person, person_join);
diesel::allow_tables_to_appear_in_same_query!(person, post_holder);
diesel::allow_tables_to_appear_in_same_query!(person, retention_proposal);
diesel::allow_tables_to_appear_in_same_query!(person, team_member);
diesel::allow_tables_to_appear_in_same_query!(person, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(person, urgent_call_stop);
diesel::allow_tables_to_appear_in_same_query!(person, volunteer);
diesel::allow_tables_to_appear_in_same_query!(personal_data_request, personal_data_request_chapter);
diesel::allow_tables_to_appear_in_same_query!(personal_data_request, personal_data_request_kept);
diesel::allow_tables_to_appear_in_same_query!(personal_data_request, retention_proposal);
diesel::allow_tables_to_appear_in_same_query!(post_holder, post_holder_role);
diesel::allow_tables_to_appear_in_same_query!(post_holder, post_holder_shown);
diesel::allow_tables_to_appear_in_same_query!(post_holder_role, role_assignment);
diesel::allow_tables_to_appear_in_same_query!(pre_check, pre_check_question);
diesel::allow_tables_to_appear_in_same_query!(programme, programme_party);
diesel::allow_tables_to_appear_in_same_query!(programme, programme_task);
diesel::allow_tables_to_appear_in_same_query!(publication, settlement_report);
diesel::allow_tables_to_appear_in_same_query!(publication, statement);
diesel::allow_tables_to_appear_in_same_query!(purchase, purchase_line);
diesel::allow_tables_to_appear_in_same_query!(purchase_line, stock_store);
diesel::allow_tables_to_appear_in_same_query!(reversal_instead, reversal_request);
diesel::allow_tables_to_appear_in_same_query!(role_assignment, role_assignment_acts_for);
diesel::allow_tables_to_appear_in_same_query!(settlement_report, statement);
diesel::allow_tables_to_appear_in_same_query!(skill, volunteer_skill);
diesel::allow_tables_to_appear_in_same_query!(stock_adjustment, stock_adjustment_entry);
diesel::allow_tables_to_appear_in_same_query!(stock_adjustment, stock_adjustment_line);
diesel::allow_tables_to_appear_in_same_query!(stock_adjustment, stock_count);
diesel::allow_tables_to_appear_in_same_query!(stock_adjustment_line, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(stock_adjustment_line, stock_store);
diesel::allow_tables_to_appear_in_same_query!(stock_count, stock_count_line);
diesel::allow_tables_to_appear_in_same_query!(stock_count_line, stock_lot);
diesel::allow_tables_to_appear_in_same_query!(stock_lot, stock_movement);
diesel::allow_tables_to_appear_in_same_query!(stock_lot, stock_store);
diesel::allow_tables_to_appear_in_same_query!(succession, succession_chapter);
diesel::allow_tables_to_appear_in_same_query!(succession, succession_entry);
diesel::allow_tables_to_appear_in_same_query!(team, team_exercise);
diesel::allow_tables_to_appear_in_same_query!(team, team_item);
diesel::allow_tables_to_appear_in_same_query!(team, team_lead);
diesel::allow_tables_to_appear_in_same_query!(team, team_member);
diesel::allow_tables_to_appear_in_same_query!(team_exercise, team_exercise_member);
diesel::allow_tables_to_appear_in_same_query!(team_exercise_member, team_member);
diesel::allow_tables_to_appear_in_same_query!(team_lead, team_member);
diesel::allow_tables_to_appear_in_same_query!(transfer, transfer_asked_goods);
diesel::allow_tables_to_appear_in_same_query!(transfer, transfer_goods);
diesel::allow_tables_to_appear_in_same_query!(transfer, transfer_part);
diesel::allow_tables_to_appear_in_same_query!(transfer_goods, transfer_part_goods);
diesel::allow_tables_to_appear_in_same_query!(transfer_part, transfer_part_goods);
diesel::allow_tables_to_appear_in_same_query!(upload, upload_chunk);
diesel::allow_tables_to_appear_in_same_query!(urgent_call, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(urgent_call, urgent_call_wave);
diesel::allow_tables_to_appear_in_same_query!(urgent_call_answer, urgent_call_asked);
diesel::allow_tables_to_appear_in_same_query!(urgent_call_asked, urgent_call_wave);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_application);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_hours);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_skill);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_span);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_step);
diesel::allow_tables_to_appear_in_same_query!(volunteer, volunteer_title_given);
diesel::allow_tables_to_appear_in_same_query!(volunteer_application, volunteer_consent_text);
diesel::allow_tables_to_appear_in_same_query!(volunteer_hours, volunteer_hours_void);
diesel::allow_tables_to_appear_in_same_query!(volunteer_import, volunteer_import_part);
diesel::allow_tables_to_appear_in_same_query!(volunteer_title, volunteer_title_given);
