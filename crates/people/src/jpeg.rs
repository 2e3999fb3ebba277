//! A JPEG, read strictly: what a profile photo may be, and which of its bytes are kept.
//!
//! Kept is what draws the picture: tables, frame, scans, the marks of JFIF and of Adobe's colours in their bare form. Everything else
//! that a camera or a program writes beside it (EXIF with place and time, XMP, comments, thumbnails, colour profiles, what
//! follows the end) is dropped before anything is stored (D-21).

use crate::limits::PHOTO_SIDE_MAX;

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JpegError {
    /// It is no JPEG, or of a kind that no browser draws.
    #[error("this is no JPEG that can be shown: {0}")]
    NotJpeg(&'static str),
    /// Sides of different length.
    #[error("a photo must be square; cut it first")]
    NotSquare,
    /// Too many pixels.
    #[error("a photo may be at most {PHOTO_SIDE_MAX} pixels wide")]
    TooWide,
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DQT: u8 = 0xDB;
const DHT: u8 = 0xC4;
const DRI: u8 = 0xDD;
const COM: u8 = 0xFE;
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;

/// The picture without anything about it.
pub(crate) fn bare(bytes: &[u8]) -> Result<Vec<u8>, JpegError> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.marker()? != SOI {
        return Err(JpegError::NotJpeg("it does not begin like one"));
    }
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&[0xFF, SOI]);
    let (mut framed, mut drawn) = (false, false);
    loop {
        let marker = reader.marker()?;
        match marker {
            EOI if drawn => {
                kept.extend_from_slice(&[0xFF, EOI]);
                return Ok(kept);
            }
            // Baseline, extended and progressive: what browsers draw.
            0xC0..=0xC2 if !framed => {
                let frame = reader.segment()?;
                check_frame(frame)?;
                keep(&mut kept, marker, frame);
                framed = true;
            }
            DQT | DHT | DRI => keep(&mut kept, marker, reader.segment()?),
            SOS if framed => {
                keep(&mut kept, marker, reader.segment()?);
                kept.extend_from_slice(reader.scan()?);
                drawn = true;
            }
            APP0 => keep_jfif(&mut kept, reader.segment()?),
            APP14 => keep_adobe(&mut kept, reader.segment()?),
            0xE1..=APP15 | COM => {
                reader.segment()?;
            }
            _ => return Err(JpegError::NotJpeg("it holds something that has no place there")),
        }
    }
}

fn keep(kept: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).expect("it was read with a length of two bytes");
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(content);
}

/// JFIF's own mark, without the small picture that may be in it.
fn keep_jfif(kept: &mut Vec<u8>, content: &[u8]) {
    if let Some(head) = content.strip_prefix(b"JFIF\0").and_then(|rest| rest.first_chunk::<7>()) {
        keep(kept, APP0, &[&b"JFIF\0"[..], head, &[0, 0]].concat());
    }
}

/// Which colours the numbers mean; without it some pictures turn green.
fn keep_adobe(kept: &mut Vec<u8>, content: &[u8]) {
    if content.len() == 12 && content.starts_with(b"Adobe") {
        keep(kept, APP14, content);
    }
}

fn check_frame(frame: &[u8]) -> Result<(), JpegError> {
    let Some([precision, h1, h0, w1, w0, components]) = frame.first_chunk().copied() else {
        return Err(JpegError::NotJpeg("its frame is cut short"));
    };
    let (height, width) = (u16::from_be_bytes([h1, h0]), u16::from_be_bytes([w1, w0]));
    if precision != 8 || !matches!(components, 1 | 3) || frame.len() != 6 + 3 * usize::from(components) {
        return Err(JpegError::NotJpeg("it is not of eight bits, grey or in three colours"));
    }
    if height == 0 || width == 0 {
        return Err(JpegError::NotJpeg("it has no size"));
    }
    if height.max(width) > PHOTO_SIDE_MAX {
        return Err(JpegError::TooWide);
    }
    if height == width { Ok(()) } else { Err(JpegError::NotSquare) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, JpegError> {
        let byte = self.bytes.get(self.at).ok_or(JpegError::NotJpeg("it is cut short"))?;
        self.at += 1;
        Ok(*byte)
    }

    /// The next marker; any number of 0xFF may stand before it.
    fn marker(&mut self) -> Result<u8, JpegError> {
        if self.byte()? != 0xFF {
            return Err(JpegError::NotJpeg("its parts do not follow each other"));
        }
        loop {
            match self.byte()? {
                0xFF => {}
                marker => return Ok(marker),
            }
        }
    }

    /// What a segment holds, its length left out.
    fn segment(&mut self) -> Result<&'a [u8], JpegError> {
        let length = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        let content = length.checked_sub(2).and_then(|length| self.bytes.get(self.at..self.at + length));
        let content = content.ok_or(JpegError::NotJpeg("it is cut short"))?;
        self.at += content.len();
        Ok(content)
    }

    /// The compressed picture up to the next marker that ends it.
    fn scan(&mut self) -> Result<&'a [u8], JpegError> {
        let rest = &self.bytes[self.at..];
        let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
        let length = rest.windows(2).position(ends).filter(|length| *length > 0);
        let length = length.ok_or(JpegError::NotJpeg("it is cut short"))?;
        self.at += length;
        Ok(&rest[..length])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        keep(&mut bytes, marker, content);
        bytes
    }

    /// A grey picture that is drawn, with what stands `before` its frame and `after` its end.
    pub(crate) fn picture(width: u16, height: u16, before: &[u8], after: &[u8]) -> Vec<u8> {
        let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
        let one_code = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
        [
            &[0xFF, SOI][..],
            &segment(APP0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            before,
            &segment(DQT, &[&[0][..], &[1; 64]].concat()),
            &segment(0xC0, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]),
            &segment(DHT, &one_code(0x00)),
            &segment(DHT, &one_code(0x10)),
            &segment(SOS, &[1, 1, 0, 0, 63, 0]),
            &[0x00, 0xFF, 0x00, 0x3F],
            &[0xFF, EOI],
            after,
        ]
        .concat()
    }

    fn check(bytes: &[u8], expected: Result<(), JpegError>) {
        assert_eq!(bare(bytes).map(drop), expected);
    }

    /// D-21: whatever a camera or a program wrote beside the picture is gone, and the picture is as it was.
    #[test]
    fn nothing_about_a_picture_is_kept() {
        let plain = picture(8, 8, &[], &[]);
        assert_eq!(bare(&plain).unwrap(), plain, "a bare one stays as it is");
        let mut thumbnail = b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x01".to_vec();
        thumbnail.extend([b'T'; 6]);
        for (marker, content) in [
            (0xE1, &b"Exif\0\0CANARY at 1.2900 103.8500"[..]),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0CANARY"),
            (0xE2, b"ICC_PROFILE\0\x01\x01CANARY"),
            (0xED, b"Photoshop 3.0\08BIM CANARY"),
            (0xEE, b"CANARY"),
            (0xEF, b"CANARY"),
            (0xE0, b"JFXX\0CANARY"),
            (0xFE, b"CANARY was here"),
        ] {
            let with = picture(8, 8, &[&[0xFF, 0xFF][..], &segment(marker, content)].concat(), b"CANARY");
            assert!(with.windows(6).any(|window| window == b"CANARY"));
            assert_eq!(bare(&with).unwrap(), plain, "{marker:x}");
        }
        let with = bare(&picture(8, 8, &segment(APP0, &thumbnail), &[])).unwrap();
        assert!(!with.windows(6).any(|window| window == b"TTTTTT"), "no small picture either");
        let adobe = segment(APP14, b"Adobe\0\x64\0\0\0\0\x01");
        assert_eq!(bare(&picture(8, 8, &adobe, &[])).unwrap(), picture(8, 8, &adobe, &[]), "colours stay right");
    }

    #[test]
    fn a_photo_is_square_and_not_too_large() {
        check(&picture(1024, 1024, &[], &[]), Ok(()));
        check(&picture(1, 1, &[], &[]), Ok(()));
        check(&picture(1025, 1025, &[], &[]), Err(JpegError::TooWide));
        check(&picture(8, 9, &[], &[]), Err(JpegError::NotSquare));
        check(&picture(8, 0, &[], &[]), Err(JpegError::NotJpeg("it has no size")));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let plain = picture(8, 8, &[], &[]);
        for end in 0..plain.len() {
            assert!(bare(&plain[..end]).is_err(), "cut after {end} bytes");
        }
        check(b"GIF89a", Err(JpegError::NotJpeg("its parts do not follow each other")));
        check(b"\xFF\xD9", Err(JpegError::NotJpeg("it does not begin like one")));
        let arithmetic = picture(8, 8, &segment(0xCC, &[0, 0]), &[]);
        check(&arithmetic, Err(JpegError::NotJpeg("it holds something that has no place there")));
        let two_frames = picture(8, 8, &segment(0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]), &[]);
        check(&two_frames, Err(JpegError::NotJpeg("it holds something that has no place there")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..60_usize) {
            let _any = bare(&bytes);
            let mut changed = picture(8, 8, &[], &[]);
            let end = (at + bytes.len()).min(changed.len());
            changed[at..end].copy_from_slice(&bytes[..end - at]);
            if let Ok(kept) = bare(&changed) {
                prop_assert_eq!(bare(&kept).unwrap(), kept, "what is kept is kept again");
            }
        }
    }
}
