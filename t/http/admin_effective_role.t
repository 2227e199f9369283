# The effective role: lists, searches and applications use it, and show its source. Also the filters of users by group
# and subscription, and a complete search.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t   = ScimTest->new('effective');
my $own = $t->tenant;

sub found { my ($query) = @_; my $res = $t->admin(GET => "/users?limit=500&$query"); is($res->{status}, 200, $query) or diag $res->{body};
    return [map { $_->{userName} } @{ $res->{json}{items} }] }
sub role { return [@{ $t->admin(GET => "/users/$_[0]")->{json} }{qw(role roleSource roleGroup roleDefault ownRole)}] }
sub app_role { return sql("set scim.tenant = '$own'; select role from scim_app.facts where user_name = '$_[0]'") }
sub map_role { is($t->admin(POST => '/mappings', { group => $_[0], role => $_[1] })->{status}, 201, "map $_[0]") }

# --- the effective role --------------------------------------------------------------------------------------------------------

my %id = map { $_ => $t->make(Users => userName => $_) } qw(ann ben cem);
$id{dan} = $t->make(Users => userName => 'dan', roles => [{ value => 'read-only' }]);
my $admins = $t->make(Groups => displayName => 'Admins', members => [map { { value => $id{$_} } } qw(ann dan)]);
is_json(role('ann'), ['user', 'default', undef, true, undef], 'the default');
$t->admin(PATCH => '', { syncPolicy => 'groups' });
map_role('Admins', 'administrator');
is_json(role('ann'), ['administrator', 'group', 'Admins', false, undef], 'by a group');
is_json(role('dan'), ['read-only', 'account', undef, false, 'read-only'], "the account's own comes first");
is_json(role('ben'), ['user', 'default', undef, true, undef], 'of no group');
is(app_role($_), role($_)->[0], "as applications see it: $_") for qw(ann ben dan);
is_json(found('role=administrator'), ['ann'], 'who is administrator');
is_json(found('role=user'), ['ben', 'cem'], 'who has the default');
is_json(found('role=read-only'), ['dan'], 'and one of its own');
is_json([map { "$_->{userName} $_->{role}" } @{ $t->admin(GET => '/users')->{json}{items} }], ['ann administrator', 'ben user', 'cem user', 'dan read-only'], 'in the list');
like(scimctl(qw(user show ann --tenant), $own), qr/^Role +administrator$/m, 'scimctl user show');
like(scimctl(qw(user list --role administrator --tenant), $own), qr/^ann .* administrator /m, 'scimctl user list --role');

# By a group in the mapped group; of two mappings the older one.
my $inner = $t->make(Groups => displayName => 'Inner', members => [{ value => $id{ben} }]);
is($t->patch("/Groups/$admins", [{ op => 'add', path => 'members', value => [{ value => $inner }] }])->{status}, 204, 'a group in a group');
is_json(role('ben'), ['administrator', 'group', 'Admins', false, undef], 'by a group above');
is_json(found('role=administrator'), ['ann', 'ben'], 'found, too');
is_json(found('role=user'), ['cem'], 'and no longer among the others');
is($t->admin(PATCH => '/users/ben', { role => 'user' })->{json}{roleSource}, 'account', 'its own, set by an administrator');
is_json(found('role=administrator'), ['ann'], 'takes it from the administrators');
$t->admin(PATCH => '/users/ben', { role => undef });
is($t->patch("/Users/$id{ann}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'inactive');
is_json(found('role=administrator'), ['ben'], 'who is not active is no administrator');
is($t->patch("/Users/$id{ann}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'active');
$t->admin(POST => '/users/ann/protect', { kind => 'main-contact' });
is_json(role('ann'), ['administrator', 'protected', undef, false, undef], 'kept by one who is protected');
$t->admin(PATCH => '', { syncPolicy => 'manual' });
is_json(role('ann')->[0], 'administrator', 'whatever the policy');
is_json(found('role=administrator'), ['ann'], 'and found');
my ($counted) = grep { $_->{role} eq 'read-only' } @{ $t->admin(GET => '/roles')->{json}{items} };
is_json([@$counted{qw(users mappings)}], [1, 0], 'the list of roles counts');
is_json([@{ $t->admin(GET => '/roles/administrator')->{json} }{qw(users mappings)}], [0, 1], 'and a role by itself');

# --- by group and by subscription --------------------------------------------------------------------------------------------------

is_json(found('group=Admins'), ['ann', 'ben', 'dan'], 'members of a group, and of a group in it');
is_json(found("group=$inner"), ['ben'], 'by its id');
is_json(found('group=admins&state=inactive'), [], 'with another filter');
is_problem($t->admin(GET => '/users?group=nobody'), 404, $ANY, { group => $ANY }, 'no such group');
$t->admin(POST => '/subscriptions', { name => 'Web', seats => 1 });
$t->admin(POST => '/mappings', { group => 'Admins', subscription => 'Web' });
is_json(found('subscription=web'), [], 'nobody has it by hand');
$t->admin(POST => '/grants', { user => 'cem', subscription => 'Web' });
$t->admin(PATCH => '', { syncPolicy => 'groups' });
is_json(found('subscription=web'), ['ben', 'cem', 'dan'], 'by a group, by a group above and by hand; who is protected not');
is_json(found('subscription=web&group=Inner'), ['ben'], 'both');
is_json(found('subscription=web&sort=created&order=descending'), ['dan', 'cem', 'ben'], 'in another order');
is_problem($t->admin(GET => '/users?subscription=nothing'), 404, $ANY, { subscription => $ANY }, 'no such subscription');

# --- the same with many users ---------------------------------------------------------------------------------------------------------

my $many = 1500;
sql("insert into scim.resource (tenant, type, id, doc) select '$own', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
    jsonb_build_object('schemas', array ['$USER'], 'userName', 'u' || lpad(i::text, 5, '0'), 'active', i <= $many - 3, 'name', jsonb_build_object('givenName', case when i = 7 then 'Émilie' else 'G' end,
    'familyName', 'Crowd')) from generate_series(1, $many) i");
sql("insert into scim.membership (tenant, group_id, member_id, member_type) select '$own', '$admins', id, 'User' from scim.resource where tenant = '$own' and user_name_key like 'u0%'");
sub pages { my ($query) = @_; my ($after, @names) = ('');
    do { my $page = $t->admin(GET => "/users?limit=500&$query$after")->{json}; push @names, map { $_->{userName} } @{ $page->{items} };
        $after = defined $page->{next} ? "&after=$page->{next}" : '' } while $after;
    return scalar @names }
is(pages('group=Admins'), $many + 3, 'a group of many');
is(pages('subscription=Web'), $many - 3 + 3, 'a subscription of many');
is(pages('role=administrator'), $many - 3 + 2, 'a role of many');
is(pages('role=administrator&order=descending'), $many - 3 + 2, 'the other way round');
is(pages('q=u'), $many, 'a search that many fit');
is_json(found('q=u&state=inactive'), [map { sprintf 'u%05d', $_ } $many - 2 .. $many], 'and another filter: nobody is missed');
is(pages('q=crowd'), $many, 'by a name');

# --- any part of a name, ignoring accents -----------------------------------------------------------------------------------------------

is_json(found('q=' . uri_escape_utf8($_)), ['u00007'], "a search for $_") for 'émilie', 'ÉMI', 'emilie', 'milie';
is_json(found('q=owd&state=inactive'), [map { sprintf 'u%05d', $_ } $many - 2 .. $many], 'in the middle of a name');
is_json(found('q=100%25'), [], 'signs of patterns are letters');
is_json(found('q=_'), [], 'all of them');
$t->make(Groups => displayName => 'Équipe Zürich');
is_json([map { $_->{displayName} } @{ $t->admin(GET => '/groups?q=' . uri_escape_utf8($_))->{json}{items} }], ['Équipe Zürich'], "a group by $_") for 'equ', 'ÉQU', 'zurich';

done_testing;
