# Entitlements from the identity provider: ignored with a note, matched to subscriptions, or refused, as the tenant has
# set, for all kinds of requests.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t    = ScimTest->new('entitled');
my $own  = $t->tenant;
my $n    = 0;

sub bulk { my ($method, $path, $data) = @_; my ($answer) = @{ $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => $method, path => $path, ($method eq 'POST' ? (bulkId => 'b') : ()), data => $data }] })->{json}{Operations} }; return $answer }
sub body { my %u = @_; return { schemas => [$USER], userName => 'user' . ++$n, %u } }
sub ops  { return { schemas => [$PATCH], Operations => [@_] } }
sub list { return [map { ref ? $_ : { value => $_ } } @_] }
sub has  { my ($id) = @_; return join ', ', sort map { $_->{name} } grep { $_->{has} } @{ $t->admin(GET => "/users/$id/access")->{json}{subscriptions} } }
sub grants { return sql("select string_agg(s.name || ' ' || a.source, ', ' order by s.name, a.source) from scim.access_grant a
    join scim.subscription s on s.tenant = a.tenant and s.id = a.subscription_id where a.tenant = '$own' and a.user_id = '$_[0]'") }
sub sent { return join ', ', map { $_->{value} } @{ $t->request(GET => "/Users/$_[0]")->{json}{entitlements} // [] } }
sub reason { return $t->admin(GET => '/activity?limit=1')->{json}{items}[0]{reason} }
sub user { my $res = $t->request(POST => '/Users', body(@_)); is($res->{status}, 201, 'a user') or diag $res->{body}; return $res->{json}{id} }
sub wants { is($t->admin(PATCH => '', { sentEntitlements => $_[0] })->{status}, 200, "entitlements: $_[0]") }

my %subscription = map { $_ => $t->admin(POST => '/subscriptions', { name => $_ })->{json}{id} } ('Web', 'Shop', "\x{c9}quipe", 'Web - French');

# --- ignored, with a note --------------------------------------------------------------------------------------------------------------------------

is($t->admin(GET => '')->{json}{sentEntitlements}, 'ignore', 'they are ignored where the tenant does not say otherwise');
my $early = user(entitlements => list('Web', 'Nothing'));
is(reason(), 'The entitlements "Web", "Nothing" were stored and give nothing: this tenant ignores entitlements that are sent (sentEntitlements).', 'activity tells it');
is(sent($early), 'Web, Nothing', 'they are stored');
is(has($early), '', 'and give nothing');
$t->patch("/Users/$early", [{ op => 'replace', path => 'title', value => 'x' }]);
is(reason(), undef, 'a request that says nothing of them is told nothing');
is($t->patch("/Users/$early", [{ op => 'add', path => 'entitlements', value => list('Shop') }])->{status}, 200, 'one more');
is(reason(), 'The entitlement "Shop" was stored and gives nothing: this tenant ignores entitlements that are sent (sentEntitlements).', 'it is told of that one');

# --- refused ---------------------------------------------------------------------------------------------------------------------------------------

wants('refuse');
my $REFUSED = qr/^entitlements: this tenant accepts none from the identity provider, and "Web" was sent\. Remove the mapping/;
is_error($t->request(POST => '/Users', body(entitlements => list('Web'))), 400, 'invalidValue', $REFUSED, 'refused: POST');
is(bulk(POST => '/Users', body(entitlements => list('Web')))->{status}, '400', 'refused: Bulk');
my $plain = user();
is_error($t->request(PUT => "/Users/$plain", body(entitlements => list('Web'))), 400, 'invalidValue', $REFUSED, 'refused: PUT');
is_error($t->patch("/Users/$plain", [$_]), 400, 'invalidValue', $REFUSED, "refused: PATCH $_->{op} " . ($_->{path} // 'without a path'))
    for { op => 'add', path => 'entitlements', value => list('Web') }, { op => 'add', value => { entitlements => list('Web') } },
        { op => 'replace', path => 'entitlements', value => list('Web') };
is(sent($plain), '', 'nothing was stored');
is($t->patch("/Users/$early", [{ op => 'replace', path => 'title', value => 'y' }])->{status}, 200, 'who has some can be changed');
is($t->patch("/Users/$early", [{ op => 'remove', path => 'entitlements[value eq "Nothing"]' }])->{status}, 200, 'and lose one');
is(sent($early), 'Web, Shop', 'it is gone');

# --- matched ---------------------------------------------------------------------------------------------------------------------------------------

wants('match');
is_problem($t->admin(PATCH => '', { sentEntitlements => 'maybe' }), 400, $ANY, { sentEntitlements => 'must be one of: ignore|match|refuse.' }, 'no such choice');

# How an entry can name a subscription.
for (
    ['its name',              { value => 'Web' },                                   'Web'],
    ['another case',          { value => 'wEB' },                                   'Web'],
    ['blanks at its ends',    { value => ' Web ' },                                 'Web'],
    ['its id',                { value => $subscription{Shop} },                     'Shop'],
    ['its id in upper case',  { value => uc $subscription{Shop} },                  'Shop'],
    ['another normal form',   { value => "E\x{301}quipe" },                         "\x{c9}quipe"],
    ['what else it has',      { value => 'Web', display => 'Shop', type => 'License', primary => true }, 'Web'],
) {
    my ($how, $entry, $name) = @$_;
    my $id = user(entitlements => [$entry]);
    is(has($id), $name, "by $how");
    is_json($t->request(GET => "/Users/$id")->{json}{entitlements}, [$entry], "by $how: it comes back as it was sent");
}

# Each kind of request: the state before, the request, the state after.
my @doors = (
    ['PUT',                          ['Web'], PUT => sub { body(entitlements => list('Shop')) }, 'Shop'],
    ['PUT of the same',              ['Web'], PUT => sub { body(entitlements => list('Web')) }, 'Web'],
    ['PUT with an empty list',       ['Web'], PUT => sub { body(entitlements => []) }, ''],
    ['PUT without them',             ['Web'], PUT => sub { body() }, ''],
    ['PATCH add',                    ['Web'], PATCH => sub { ops({ op => 'add', path => 'entitlements', value => list('Shop') }) }, 'Shop, Web'],
    ['PATCH add of one object',      ['Web'], PATCH => sub { ops({ op => 'add', path => 'entitlements', value => { value => 'Shop' } }) }, 'Shop, Web'],
    ['PATCH add without a path',     ['Web'], PATCH => sub { ops({ op => 'add', value => { entitlements => list('Shop') } }) }, 'Shop, Web'],
    ['PATCH replace',                ['Web'], PATCH => sub { ops({ op => 'replace', path => 'entitlements', value => list('Shop') }) }, 'Shop'],
    ['PATCH replace of nothing',     ['Web'], PATCH => sub { ops({ op => 'replace', path => 'entitlements', value => [] }) }, ''],
    ['PATCH replace by a filter',    ['Web'], PATCH => sub { ops({ op => 'replace', path => 'entitlements[value eq "web"]', value => { value => 'Shop' } }) }, 'Shop'],
    ['PATCH replace of a value',     ['Web'], PATCH => sub { ops({ op => 'replace', path => 'entitlements[value eq "Web"].value', value => 'Shop' }) }, 'Shop'],
    ['PATCH of all values',          ['Web'], PATCH => sub { ops({ op => 'replace', path => 'entitlements.value', value => 'Shop' }) }, 'Shop'],
    ['PATCH with a URN',             ['Web'], PATCH => sub { ops({ op => 'replace', path => "$USER:entitlements", value => list('Shop') }) }, 'Shop'],
    ['PATCH remove of one',          ['Web', 'Shop'], PATCH => sub { ops({ op => 'remove', path => 'entitlements[value eq "Web"]' }) }, 'Shop'],
    ['PATCH remove with a value',    ['Web', 'Shop'], PATCH => sub { ops({ op => 'remove', path => 'entitlements', value => list('Web') }) }, 'Shop'],
    ['PATCH remove of all',          ['Web', 'Shop'], PATCH => sub { ops({ op => 'remove', path => 'entitlements' }) }, ''],
    ['PATCH of something else',      ['Web'], PATCH => sub { ops({ op => 'replace', path => 'title', value => 'x' }) }, 'Web'],
    ['two entries of one',           ['Web', 'web '], PATCH => sub { ops({ op => 'remove', path => 'entitlements[value eq "web "]' }) }, 'Web'],
);
for (@doors) {
    my ($what, $before, $method, $make, $after) = @$_;
    for my $door ('', 'Bulk: ') {
        my $id = user(entitlements => list(@$before));
        my $data = $make->();
        my $res = $door ? bulk($method, "/Users/$id", $data) : $t->request($method, "/Users/$id", $data);
        like($res->{status}, qr/^20[04]$/, "$door$what") or diag json($res);
        is(has($id), $after, "$door$what: what it gives");
        is(grants($id), join(', ', map {"$_ provider"} split /, /, $after), "$door$what: what is stored");
    }
}
{
    my $res = bulk(POST => '/Users', body(entitlements => list('Web', 'Shop')));
    my ($id) = $res->{location} =~ m{([^/]+)$};
    is(has($id), 'Shop, Web', 'Bulk: POST');
}

# The source.
my $anna = user(entitlements => list('Web'));
my ($web) = grep { $_->{name} eq 'Web' } @{ $t->admin(GET => "/users/$anna/access")->{json}{access} };
is_json($web->{sources}, [{ source => 'provider', id => $ID, name => 'test', since => $TIME, text => qr/^entitlement sent by test on \d{4}-\d\d-\d\d$/ }], 'access tells its source');
is_json([map { "$_->{subscription} $_->{source} $_->{grantedBy}" } @{ $t->admin(GET => "/grants?user=$anna&source=provider")->{json}{items} }], ['Web provider test'], 'it is a grant');
is(sql("select string_agg(concat_ws(' ', action, before, after, actor_kind, actor), E'\\n' order by id) from scim.audit where tenant = '$own' and object_id = '$anna' and action in ('grant', 'withdraw')"),
    'grant {"source": "provider", "subscription": "Web"} token test', 'the audit log tells it');
$t->patch("/Users/$anna", [{ op => 'remove', path => 'entitlements' }]);
like(sql("select concat_ws(' ', action, before, after, actor_kind) from scim.audit where tenant = '$own' and object_id = '$anna' and action = 'withdraw'"),
    qr/^withdraw \{"id": "[0-9a-f-]{36}", "joined": "[^"]+", "source": "provider", "granted": "[^"]+", "grantedBy": "test", "subscription": "Web"\} token$/, 'and that it is gone');

# --- unknown entitlements --------------------------------------------------------------------------------------------------------------------------

my $UNKNOWN = qr/^Entitlement not found: Nothing\. The subscriptions here are: Web, Shop, \x{c9}quipe, Web - French\. Correct the mapping of entitlements in the identity provider, or let an administrator add the subscription here\.$/;
is_error($t->request(POST => '/Users', body(entitlements => list('Web', 'Nothing'))), 400, 'invalidValue', $UNKNOWN, 'unknown: POST');
is_error($t->request(PUT => "/Users/$anna", body(entitlements => list('Nothing'))), 400, 'invalidValue', $UNKNOWN, 'unknown: PUT');
is_error($t->patch("/Users/$anna", [{ op => 'add', path => 'entitlements', value => list('Nothing') }]), 400, 'invalidValue', $UNKNOWN, 'unknown: PATCH');
is(bulk(PATCH => "/Users/$anna", ops({ op => 'add', path => 'entitlements', value => list('Nothing') }))->{status}, '400', 'unknown: Bulk');
is(grants($anna), '', 'nothing was granted');

# A subscription that is added, renamed or removed in between.
$t->admin(POST => '/subscriptions', { name => 'Late' });
my $bert = user(entitlements => list('Late', 'Web'));
is(has($bert), 'Late, Web', 'one that was made meanwhile is known');
is($t->admin(PATCH => '/subscriptions/Late', { name => 'Renamed' })->{status}, 200, 'it is renamed');
is($t->request(PUT => "/Users/$bert", body(entitlements => list('Late', 'Web')))->{status}, 200, 'the identity provider sends the old name again');
is(has($bert), 'Renamed, Web', 'which takes nothing away');
is(reason(), 'The entitlement "Late" gives nothing: there is no subscription of that name any more. Correct the mapping of entitlements in the identity provider.', 'and is told');
$t->patch("/Users/$bert", [{ op => 'remove', path => 'entitlements[value eq "Web"]' }]);
is(has($bert), 'Renamed', 'what goes is taken back');
$t->patch("/Users/$bert", [{ op => 'remove', path => 'entitlements[value eq "Late"]' }]);
is(has($bert), '', 'the old name too');
is_problem($t->admin(DELETE => '/subscriptions/Web'), 409, $ANY, { subscription => $ANY }, 'a subscription that is given stays');

# Entitlements from before the tenant's setting have an effect with the next request that contains entitlements.
is(has($early), '', 'what was stored before gives nothing by itself');
$t->patch("/Users/$early", [{ op => 'replace', path => 'entitlements', value => list('Web', 'Shop') }]);
is(has($early), 'Shop, Web', 'it does when it is sent again');
my $cara = do { wants('ignore'); user(entitlements => list('Web'), userName => 'cara') };
wants('match');
is($t->request(PUT => "/Users/$cara", { schemas => [$USER], userName => 'cara', entitlements => list('Web') })->{status}, 200, 'a PUT of what is there');
is(has($cara), 'Web', 'gives it as well');

# --- with other sources of access ------------------------------------------------------------------------------------------------------------------

$t->admin(POST => '/grants', { user => $cara, subscription => 'Shop' });
$t->admin(POST => '/grants', { user => $cara, subscription => 'Web' });
$t->patch("/Users/$cara", [{ op => 'remove', path => 'entitlements' }]);
is(grants($cara), 'Shop manual, Web manual', 'what an administrator has granted stays');
for my $policy (qw(manual all groups)) {
    $t->admin(PATCH => '', { syncPolicy => $policy });
    is(has(user(entitlements => list('Web'))), 'Web', "with the sync policy $policy");
}
my $dora = user(entitlements => list('Web'), active => false);
is(has($dora), '', 'an inactive account has no access');
$t->patch("/Users/$dora", [{ op => 'replace', path => 'active', value => true }]);
is(has($dora), 'Web', 'until it is active');
{
    my $id = user(externalId => 'eeeeeeee-0000-4000-8000-000000000001', userName => 'erna', entitlements => list('Web', 'Shop'));
    $t->request(DELETE => "/Users/$id");
    my $again = $t->request(POST => '/Users', { schemas => [$USER], userName => 'erna', externalId => 'eeeeeeee-0000-4000-8000-000000000001', entitlements => list('Shop') });
    is($again->{json}{id}, $id, 'deleted and brought back');
    is(grants($id), 'Shop provider', 'it has what is sent then');
}

# Seats.
$t->admin(POST => '/subscriptions', { name => 'Seat', seats => 1 });
my @seats = map { user(entitlements => list('Seat')) } 1, 2;
is_json([map { $_->{seated} } @{ $t->admin(GET => '/subscriptions/Seat/users')->{json}{items} }], [true, false], 'a second one waits');
like(join(' ', @{ $t->admin(GET => "/users/$seats[1]/access")->{json}{summary} }), qr/Seat \(waiting for a seat\): entitlement sent by test/, 'and it is said');
$t->patch("/Users/$seats[0]", [{ op => 'remove', path => 'entitlements' }]);
is(has($seats[1]), 'Seat', 'until the seat is free');

# An administrator cannot withdraw it while the identity provider sends it.
my ($grant) = @{ $t->admin(GET => "/grants?user=$seats[1]")->{json}{items} };
is_problem($t->admin(DELETE => "/grants/$grant->{id}"), 403, qr/^The identity provider gives "Seat" to the user "user\d+" \(entitlements\); take it away there\.$/, { grant => $ANY }, 'it is the identity provider\'s');
wants('ignore');
is($t->admin(DELETE => "/grants/$grant->{id}")->{status}, 204, 'what is there from before is an administrator\'s');
wants('match');

# Protected accounts, tokens of users, the guard, dry runs.
my $main = user(entitlements => list('Web'));
is($t->admin(POST => "/users/$main/protect", { kind => 'main-contact' })->{status}, 200, 'the main contact');
is(grants($main), 'Web provider', 'has one grant as before');
is($t->patch("/Users/$main", [{ op => 'remove', path => 'entitlements' }])->{status}, 403, 'whom provisioning does not touch');
is(has($main), 'Web', 'keeps it');
{
    my $self = user(userName => 'self', entitlements => list('Shop'));
    my $token = $t->new_token('own', '--user', 'self', '--scope', 'me');
    local $t->{token} = $token;
    is_error($t->patch('/Me', [{ op => 'add', path => 'entitlements', value => list('Web') }]), 403, undef, qr/^entitlements: a token of a user cannot change the entitlements of that user/, 'a token of a user gives nothing');
    is($t->patch('/Me', [{ op => 'replace', path => 'title', value => 'x' }])->{status}, 200, 'what else there is it may change');
    is(has($self), 'Shop', 'it has what it had');
}
{
    my $guarded = ScimTest->new('entitled-guard');
    $guarded->admin(POST => '/subscriptions', { name => 'Web' });
    $guarded->admin(PATCH => '', { sentEntitlements => 'match', guardLimit => 2 });
    my @many = map { $guarded->make(Users => userName => "many$_", entitlements => list('Web')) } 1 .. 3;
    my $left = sub { sql("select count(*) from scim.access_grant where tenant = '@{[$guarded->tenant]}'") };
    is(join(' ', map { $guarded->patch("/Users/$_", [{ op => 'remove', path => 'entitlements' }])->{status} } @many), '200 200 429', 'the guard counts who loses one');
    is($left->(), 1, 'who is held keeps it');
    $guarded->admin(PATCH => '', { guardLimit => undef, dryRun => true });
    is($guarded->patch("/Users/$many[2]", [{ op => 'remove', path => 'entitlements' }])->{status}, 200, 'a dry run');
    is($left->(), 1, 'changes nothing');
}

# httpd's database role can withdraw no other grants.
sql("insert into scim.access_grant (tenant, user_id, subscription_id, source) values ('$own', '$anna', '$subscription{Web}', 'manual')");
sql("set role scim_web; set scim.tenant = '$own'; delete from scim.access_grant where tenant = '$own' and user_id = '$anna'");
is(grants($anna), 'Web manual', 'httpd\'s role takes back nothing else');

done_testing();
