# An application with the right TEMPORARY, which everybody has in a restored database, creates types that functions with
# the owner's rights might find first. Its code would then run as the owner, who can read and change all tenants.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('temp');
my $other = ScimTest->new('temp-other');
my $own   = $t->tenant;
(my $role = "app_$own") =~ tr/-/_/;

my $ann = $t->make(Users => userName => 'ann', active => true);
my $staff = $t->make(Groups => displayName => 'Staff', members => [{ value => $ann }]);
my $outer = $t->make(Groups => displayName => 'Outer', members => [{ value => $staff }]);
$t->admin(POST => '/subscriptions', { name => 'None', seats => 0 });
$t->admin(POST => '/subscriptions', { name => 'Few', seats => 1 });
is($t->admin(POST => '/mappings', { group => 'Outer', subscription => $_ })->{status}, 201, "a subscription: $_") for qw(None Few);
is($t->admin(POST => '/mappings', { group => 'Staff', role => 'administrator' })->{status}, 201, 'a role');
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'groups' })->{status}, 200, 'what members of groups have');

sql("create role $role login in role scim_app; alter role $role in database scim set scim.tenant = '$own'; grant temporary on database scim to public");

sub app {
    my ($text) = run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -U), $role, map { ('-c', $_) } @_);
    return $text;
}

# If this code runs, it reports who runs it, reads digests of all tenants, and gives itself a token.
my $evil = q{create function pg_temp.evil() returns boolean language plpgsql as $$
begin
    if current_user <> session_user then
        raise warning 'evil as %: %', current_user, (select string_agg(t.tenant, ',') from scim.token t);
        update scim.token set read_only = true;
    end if;
    return true;
end$$};
# Domains with the names of types that the schema's functions use, and tables and views with the names of its own.
my @types = sort split /\n/, sql(q{select distinct t.typname from pg_type t where t.typnamespace = 'pg_catalog'::regnamespace
    and t.typtype = 'b' and t.typname !~ '^_' and t.typname in ('text', 'uuid', 'timestamptz', 'int4', 'int8', 'bool', 'jsonb', 'interval', 'bytea', 'bit', 'numeric', 'xid8')});
cmp_ok(scalar @types, '>', 10, 'types there are');
my @traps = (map({"create domain pg_temp.$_ as pg_catalog.$_ check (pg_temp.evil())"} @types),
    map {"create view pg_temp.$_ as select * from pg_catalog.$_ where pg_temp.evil()"} qw(pg_class pg_inherits pg_attribute));
my @queries = map {"select * from scim_app.$_"} qw(accounts memberships effective_access facts);
my $tokens  = "select count(*) from scim.token where read_only and tenant in ('$own', '$other->{tenant}')";
for my $trap (@traps) {
    my $text = app($evil, $trap, @queries);
    unlike($text, qr/evil as|permission denied/, "$trap: nothing of it runs as the owner");
    like($text, qr/\bann\b/, 'and the views show what they have') or diag $text;
}
is(sql($tokens), 0, 'no token was changed');

# The upgrade removes the right, so that the traps have no effect.
scimctl(qw(db upgrade));
is(sql("select has_database_privilege('$role', 'scim', 'temporary')"), 'f', 'scimctl db upgrade withdraws TEMPORARY from everybody');
like(app($evil), qr/permission denied/, 'so there is no place for it');
is(sql("select has_database_privilege('scim_web', 'scim', 'temporary')"), 'f', "httpd's role has none");
is(sql(q{select option from unnest((select rolconfig from pg_roles where rolname = 'scim_web')) option where option ~ '^search_path'}),
    'search_path=pg_catalog, pg_temp', 'and looks there last');

sql("drop owned by $role; drop role $role");
done_testing;
