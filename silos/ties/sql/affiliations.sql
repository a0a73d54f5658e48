-- Who is in which community of a tool, in standard SQL: run as it stands by DuckDB and by Spark, like ties.sql.
--
-- Given: affiliations (canonical columns); aliases, spells, settings and fingerprint() as in ties.sql.

-- step: affiliated (table)
-- Persons become integers; this is the one place where the id of a community's member meets the roster. A list of
-- members has no time and always counts.
select
    f.medium, f.community, f.name, f.moment, f.posts,
    case when coalesce(w.person, a.code) >= 0 then coalesce(w.person, a.code) end as person,
    case when a.alias is null then f.person_id end as stranger
from (
    select
        coalesce(medium, '') as medium, nullif(trim(community), '') as community, nullif(trim(name), '') as name,
        timestamp as moment, coalesce(posts, 1) as posts, nullif(lower(trim(person)), '') as person_id
    from affiliations
) f
cross join settings s
left join aliases a on fingerprint(f.person_id) = a.alias
left join spells w on a.code = w.code
    and coalesce(f.moment, w.undated) >= w.since and coalesce(f.moment, w.undated) < w.until
where f.community is not null and f.person_id is not null
    and (f.moment is null or (f.moment >= s.since and f.moment < s.until))

-- step: communities (view)
-- A community has a name to be shown by where every row of it says so.
select
    medium, community,
    case when count(name) = count(*) then max(name) end as name,
    count(distinct stranger) as strangers
from affiliated
group by medium, community

-- step: memberships (view)
-- One row a community and person of the roster, whether that person ever wrote there or is a member alone.
select
    a.medium, a.community, a.person, max(c.name) as name,
    cast(sum(a.posts) as bigint) as posts,
    min(case when a.posts > 0 then a.moment end) as first,
    max(case when a.posts > 0 then a.moment end) as last
from affiliated a
join communities c on a.medium = c.medium and a.community = c.community
where a.person is not null
group by a.medium, a.community, a.person
