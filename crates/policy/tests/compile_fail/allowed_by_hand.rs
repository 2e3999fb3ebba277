//! CHAT-PURPOSE: no other crate can allow a row a purpose that the policy does not list.

use policy::{Allows, purposes, rows};

impl Allows<purposes::ChooseAds> for rows::ChatMessage {}

fn main() {}
