//! RTLE-PURPOSE: a permit comes from a purpose that the row lists, never from hand.

use std::marker::PhantomData;

use policy::{Permit, Purpose, purposes, rows};

fn main() {
    let _: Permit<rows::ChatMessage> = Permit { purpose: purposes::ChooseAds::INFO, row: PhantomData };
}
