//! RTLE-PURPOSE: nobody can declare a purpose in code.

use policy::{Purpose, PurposeInfo, purposes};

struct Curiosity;

impl Purpose for Curiosity {
    const ID: &'static str = "curiosity";
    const INFO: &'static PurposeInfo = purposes::OperateService::INFO;
}

fn main() {}
