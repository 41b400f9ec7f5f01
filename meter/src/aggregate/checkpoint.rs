//! The copy on disk: a head, ways, sums with their labels, inputs with their newest values, and a checksum over all of it.

use std::collections::HashMap;

use flagstaff_remote_write::message::Label;
use xxhash_rust::xxh3::xxh3_64;

use super::input::{Input, NOWHERE};
use super::output::{Output, Tally};
use super::{Aggregate, Route};
use crate::count::batch::Names;
use crate::count::rule::Rule;
use crate::save::reader::{Damage, Reader, write_text};

const MAGIC: &[u8; 16] = b"flagstaff-sums\n\n";
const VERSION: u32 = 1;
const OPENED: u8 = 1;
const ENDED: u8 = 2;
const CLOSING: u8 = 4;

impl Aggregate {
    /// Everything that the next start needs.
    pub fn saved(&self, rule: &Rule) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.outputs.len() * 512 + self.inputs.len() * 40);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(rule.mark().to_le_bytes());
        write_text(&mut out, &self.instance);
        write_count(&mut out, self.begun.len());
        for (order, since) in &self.begun {
            write_text(&mut out, order);
            out.extend(since.to_le_bytes());
        }
        write_count(&mut out, self.routes.len());
        for route in &self.routes {
            write_text(&mut out, &route.destination);
            out.push(u8::from(route.tenant.is_some()));
            write_text(&mut out, route.tenant.as_deref().unwrap_or_default());
        }
        write_count(&mut out, self.outputs.len());
        for (number, output) in self.outputs.iter() {
            out.extend(number.to_le_bytes());
            write_output(&mut out, output);
        }
        write_count(&mut out, self.inputs.len());
        for (key, input) in &self.inputs {
            out.extend(key.to_le_bytes());
            out.extend(input.value.to_bits().to_le_bytes());
            out.extend(input.at.to_le_bytes());
            out.extend(input.raw_until.to_le_bytes());
            out.extend(input.output.to_le_bytes());
            out.extend(input.seen.to_le_bytes());
        }
        out.extend(xxh3_64(&out).to_le_bytes());
        out
    }

    /// Puts back what was saved. An error leaves everything as it was.
    ///
    /// # Errors
    /// [`Damage`], which says what is wrong with the bytes.
    pub fn restore(&mut self, bytes: &[u8], rule: &Rule) -> Result<(), Damage> {
        let (mut reader, _) = Reader::checked(bytes, MAGIC, &[VERSION], rule)?;
        let mut found = Self::new(self.most_inputs, self.window_seconds);
        found.instance = reader.text()?;
        for _ in 0..reader.number()? {
            found.begun.insert(reader.text()?, reader.number()?);
        }
        for _ in 0..reader.number()? {
            let destination = reader.text()?;
            let [has_tenant] = reader.take()?;
            let tenant = reader.text()?;
            found.routes.push(Route { destination, tenant: (has_tenant == 1).then_some(tenant), headers: None });
        }
        // Sums are numbered anew: the old numbers may have gaps.
        let mut numbers = HashMap::new();
        for _ in 0..reader.number()? {
            let number = u32::from_le_bytes(reader.take()?);
            numbers.insert(number, found.outputs.add(read_output(&mut reader)?));
        }
        for _ in 0..reader.number()? {
            let key = reader.number()?;
            let input = Input {
                value: f64::from_bits(reader.number()?),
                at: i64::from_le_bytes(reader.take()?),
                raw_until: i64::from_le_bytes(reader.take()?),
                output: numbers.get(&u32::from_le_bytes(reader.take()?)).copied().unwrap_or(NOWHERE),
                seen: u32::from_le_bytes(reader.take()?),
            };
            found.inputs.insert(key, input);
        }
        *self = found;
        Ok(())
    }
}

fn write_count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u64).to_le_bytes());
}

fn write_output(out: &mut Vec<u8>, output: &Output) {
    out.extend(output.key.to_le_bytes());
    out.extend(output.route.to_le_bytes());
    write_count(out, output.without.len());
    output.without.iter().for_each(|label| write_text(out, label));
    write_count(out, output.labels.len());
    for label in output.labels.iter() {
        write_text(out, &label.name);
        write_text(out, &label.value);
    }
    [&output.names.metric, &output.names.team, &output.names.job].into_iter().for_each(|name| write_text(out, name));
    out.extend(output.total.to_bits().to_le_bytes());
    out.extend(output.sent.to_bits().to_le_bytes());
    out.extend(output.begun.to_le_bytes());
    let flag = |is: bool, bit: u8| if is { bit } else { 0 };
    out.push(flag(output.opened, OPENED) | flag(output.ended, ENDED) | flag(output.closing, CLOSING));
    out.extend(output.seen.to_le_bytes());
}

fn read_output(reader: &mut Reader<'_>) -> Result<Output, Damage> {
    let key = reader.number()?;
    let route = u16::from_le_bytes(reader.take()?);
    let without: Vec<String> = (0..reader.number()?).map(|_| reader.text()).collect::<Result<_, _>>()?;
    let label = |reader: &mut Reader<'_>| Ok(Label { name: reader.text()?, value: reader.text()? });
    let labels: Vec<Label> = (0..reader.number()?).map(|_| label(reader)).collect::<Result<_, Damage>>()?;
    let names = Names { metric: reader.text()?, team: reader.text()?, job: reader.text()? };
    let (total, sent) = (f64::from_bits(reader.number()?), f64::from_bits(reader.number()?));
    let begun = i64::from_le_bytes(reader.take()?);
    let [flags] = reader.take()?;
    Ok(Output {
        key,
        route,
        without: without.into(),
        labels: labels.into(),
        names,
        total,
        begun,
        opened: flags & OPENED != 0,
        sent,
        ended: flags & ENDED != 0,
        closing: flags & CLOSING != 0,
        seen: reader.number()?,
        inputs: 0,
        tally: Tally::default(),
    })
}
