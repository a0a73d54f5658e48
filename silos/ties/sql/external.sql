-- Who deals with people outside of the organisation: standard SQL, run after the steps of `ties.sql` up to `addressed`,
-- with its tables. Outsiders are accounts that the roster calls external, and strangers whose address is at none of its
-- domains; here they are numbers, as there. Of a roster without any address nobody is known to be outside by theirs.

-- step: outsiders (view)
-- The roster's own.
select code from accounts where reason = 'external'

-- step: outside (table)
-- Whom people wrote to, or met: what comes in unasked is no tie, nor is what went to a crowd.
select person, outsider
from (
    select d.sender as person, d.recipient as outsider, d.people
    from addressed d
    cross join settings s
    left join outsiders o on d.recipient = o.code
    where d.sender >= 0 and (d.recipient <= s.outsiders and s.domains <> '' or o.code is not null)
    union all
    select d.recipient, d.sender, d.people
    from addressed d
    cross join settings s
    left join outsiders o on d.sender = o.code
    where d.recipient >= 0 and not d.sent and (d.sender <= s.outsiders and s.domains <> '' or o.code is not null)
) met
cross join settings s
where met.people <= s.max_recipients
group by person, outsider
