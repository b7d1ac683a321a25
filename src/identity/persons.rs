//! The persons who work here. They are no givers: a giver's request never touches an account, even if it is the same
//! person's, for the trail must go on saying who did what. Accounts are disabled, not erased.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::officer;
use crate::house::persons::{HoldsPersons, HowMany, Processing};

/// See the module.
pub struct Officers;

impl HoldsPersons for Officers {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Họ tên, tên đăng nhập, số điện thoại của cán bộ có tài khoản; tên thiết bị, địa chỉ thử đăng nhập",
                "Name, user name and telephone number of officers with an account; names of devices, failed log-ins",
            ),
            purpose: ("Đăng nhập, phân quyền, biết ai đã làm việc gì", "To log in, to give rights, to know who did what"),
            grounds: (
                "Nhiệm vụ được giao theo quyết định; an ninh hệ thống (Luật 116/2025/QH15)",
                "The duty given by decision; security of the system (Law 116/2025/QH15)",
            ),
            readers: ("Người quản trị của đơn vị và cấp trên", "Administrators of the chapter and above"),
            period: (
                "Tên còn giữ khi tài khoản đã khóa, vì sổ ghi ai đã làm; nhật ký ít nhất 12 tháng",
                "The name stays when the account is disabled, since the books say who acted; logs 12 months at least",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "officer.full_name",
            "account.user_name",
            "account.phone",
            "account.phone_hash",
            "account.request_hash",
            "session.label",
            "login_delay.subject",
        ]
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: officer::table.count().get_result(conn)?, sensitive: 0 })
    }
}
