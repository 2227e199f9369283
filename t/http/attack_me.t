# A token that belongs to a user works only for that user.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
sub role_of { my ($t, $id) = @_; return sql("select coalesce(role, '-') from scim.resource where tenant = '${\ $t->tenant}' and id = '$id'") }

my $me   = ScimTest->new('attack-me');
my $jane = $me->make(Users => userName => 'jane', title => 'x');
my $joe  = $me->make(Users => userName => 'joe');
my $club = $me->make(Groups => displayName => 'Club', members => [{ value => $joe }]);
my $bound = bless { %$me, token => $me->new_token('jane', '--user', 'jane') }, 'ScimTest';
my $wide  = bless { %$me, token => $me->new_token('wide', '--user', 'jane', '--scope', 'tenant') }, 'ScimTest';
my $confined = 'The token "jane" is for /Me alone: it belongs to the user "jane". An administrator can make one that is for the whole tenant.';
my $put = { schemas => [$USER], userName => 'joe', title => 'y' };
my @others = ([GET => '/Users'], [GET => "/Users/$joe"], [GET => '/Users?filter=userName%20eq%20%22jane%22'], [GET => '/Groups'], [GET => "/Groups/$club"], [GET => '/Roles'], [GET => '/'],
    [POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }], [POST => '/Users/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }],
    [POST => '/Users', { schemas => [$USER], userName => 'new' }], [PUT => "/Users/$joe", $put], [PATCH => "/Users/$joe", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => 'y' }] }],
    [DELETE => "/Users/$joe"], [POST => '/Groups', { schemas => [$GROUP], displayName => 'New' }],
    [PATCH => "/Groups/$club", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $jane }] }] }], [DELETE => "/Groups/$club"],
    [GET => "/Groups/$jane"], [PUT => "/Groups/$jane", { schemas => [$GROUP], displayName => 'x' }],
    [POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PATCH', path => "/Users/$jane", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => 'y' }] } }] }],
    [POST => '/Users', '{'], [GET => '/Users?count=x'], [OPTIONS => '/Users']);
is_error($bound->request(GET => '/Nowhere'), 404, undef, $ANY, 'what is nothing is nothing');
my $before = sql("select count(*) || ' ' || sum(version) from scim.resource where tenant = '${\ $me->tenant}'");
is_error($bound->request(@$_), 403, undef, $confined, "$_->[0] $_->[1]") for @others;
is(sql("select count(*) || ' ' || sum(version) from scim.resource where tenant = '${\ $me->tenant}'"), $before, 'nothing has changed');
is_json($me->stored_members($club), [$joe], 'nor have the members');
is($bound->request(GET => '/Me')->{json}{id}, $jane, 'GET /Me');
is($bound->request(PATCH => '/Me', { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'z' }] })->{json}{title}, 'z', 'PATCH /Me');
is($bound->request($_ => "/Users/$jane")->{status}, 200, "$_ of its permanent location") for qw(GET HEAD);
is($bound->request(GET => '/Users/' . uc $jane)->{status}, 200, 'in whatever case');
is_error($bound->request(PATCH => '/Me', { schemas => [$PATCH], Operations => [{ op => 'add', path => 'roles', value => [{ value => 'administrator' }] }] }), 403, undef,
    'roles: a token of a user cannot change the role of that user; an administrator or the identity provider can.', 'nobody gives himself a role');
is(role_of($me, $jane), '-', 'it has none');
is($wide->request(@$_)->{status}, 200, "a token for the tenant: $_->[0] $_->[1]") for [GET => '/Me'], [GET => '/Users'], [GET => "/Users/$joe"], [PUT => "/Users/$joe", $put];

# As administrators see the tokens.
my %shown = map { $_->{name} => $_->{scope} } @{ $me->admin(GET => '/tokens')->{json}{items} };
is_json(\%shown, { test => 'tenant', jane => 'me', wide => 'tenant' }, 'what each is for');
my $user_needed = 'scope: a token that is only for /Me needs a user (user).';
is_problem($me->admin(POST => '/tokens', { name => 'x', scope => 'me' }), 400, $user_needed, { scope => 'a token that is only for /Me needs a user (user).' }, 'of nobody');
is($me->admin(PATCH => '/tokens/wide', { scope => 'me' })->{json}{scope}, 'me', 'it can be changed');
is_error($wide->request(GET => '/Users'), 403, undef, $ANY, 'from the next request on');
is($me->admin(PATCH => '/tokens/jane', { scope => 'tenant' })->{json}{scope}, 'tenant', 'both ways');
is($bound->request(GET => '/Users')->{status}, 200, 'from the next request on');
is($me->admin(PATCH => '/tokens/test', { user => 'joe' })->{json}{scope}, 'me', 'a token that gets a user is for /Me alone');
is_error($me->request(GET => '/Users'), 403, undef, $ANY, 'from then on');
is($me->admin(PATCH => '/tokens/test', { user => undef })->{json}{scope}, 'tenant', 'without a user it is for the tenant');
is($me->admin(PATCH => '/tokens/test', { user => 'joe', scope => 'tenant' })->{json}{scope}, 'tenant', 'and with one where that is said');

done_testing;
