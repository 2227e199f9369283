# Whom a POST restores: deleted and inactive users; by which values, and by which not.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('restore');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $n    = 0;
sub uuid { return sprintf '0a21f0f2-8d2a-4f8e-bf98-%012x', ++$n }
sub mail { return [{ value => $_[0], type => 'work', primary => true }] }

# By POST or Bulk: (status, id, and the reason in activity).
my $rows = 0;
sub told {
    my $told = eventually(sub { my $list = $t->admin(GET => '/activity?limit=500')->{json}{items}; return @$list > $rows && $list });
    $rows = @$told;
    return $told->[0]{reason};
}
my %door = (
    POST => sub { my $res = $t->request(POST => '/Users', { schemas => [$USER], @_ }); return ($res->{status}, $res->{json}{id}) },
    Bulk => sub {
        my $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'POST', path => '/Users', bulkId => 'b', data => { schemas => [$USER], @_ } }] });
        my $answer = $res->{json}{Operations}[0];
        return ($answer->{status}, ($answer->{location} // '') =~ m{/Users/([^/]+)$});
    },
);
sub gone     { my ($id) = @_; $t->request(DELETE => "/Users/$id"); return }
sub inactive { my ($id) = @_; $t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => false }]); return }
sub stored   { return sql("select string_agg(concat_ws(' ', id, version, doc, deleted_at), ',' order by id) from scim.resource where tenant = '$own' and type = 'User'") }
sub many     { return sql("select count(*) from scim.resource where tenant = '$own' and external_id = '$_[0]' and deleted_at is null") }

# --- a blank is not an externalId --------------------------------------------------------------------------------------------------------

for my $door (sort keys %door) {
    for my $blank (' ', "\t \n", "\x{a0}", "\x{3000}\x{2003}", "\x{200b}", "\x{feff}", ' ' x 40) {
        my $name = "$door, " . json($blank);
        my (undef, $ann) = $door{$door}->(userName => 'ann', externalId => $blank);
        is_json([@{ $t->row($ann) }{qw(external_id)}, $t->row($ann)->{doc}{externalId}], [undef, undef], "$name: is not kept");
        gone($ann);
        my ($status, $bob) = $door{$door}->(userName => 'bob', externalId => $blank);
        is($status, 201, "$name: another user");
        isnt($bob, $ann, "$name: who is another one");
        is($t->request(GET => '/Users?filter=externalId%20pr')->{json}{totalResults}, 0, "$name: and has none");
        gone($bob);
    }
}
my $kim = $t->make(Users => userName => 'kim', externalId => uuid());
is($t->request(PUT => "/Users/$kim", { schemas => [$USER], userName => 'kim', externalId => " \x{a0}" })->{json}{externalId}, undef, 'PUT of a blank one');
$t->patch("/Users/$kim", [{ op => 'add', path => 'externalId', value => 'x' }]);
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'externalId', value => "\x{3000}" }])->{json}{externalId}, undef, 'PATCH');
gone($kim);

# --- an externalId that does not identify a person -----------------------------------------------------------------------------------------

sub same_text {
    my ($what, $id) = @_;
    return "A new account was created. The $what user $id has the same externalId, which has fewer than 16 characters, and neither the userName nor an "
        . 'e-mail address is the same: it may be another person. Map an attribute to externalId that no two people share.';
}
sub is_told {
    my ($door, $what, $id, $name) = @_;
    my $text = same_text($what, $id);
    is(told(), $door eq 'Bulk' ? "Of 1 of 1 operations: $text" : $text, "$name: activity tells it");
}
sub settle { $rows = eventually(sub { my $count = sql("select count(*) from scim.activity where tenant = '$own'"); select undef, undef, undef, 0.3;
    return $count == sql("select count(*) from scim.activity where tenant = '$own'") && $count }) }

for my $door (sort keys %door) {
    for my $how (\&gone, \&inactive) {
        my $what = $how == \&gone ? 'deleted' : 'inactive';
        for my $weak ('null', '0', '12345', 'E123456789012345' =~ s/.$//r, '00000000-0000-0000-0000-000000000000') {
            my $name = "$door, $what, $weak";
            my (undef, $ann) = $door{$door}->(userName => "ann $name", externalId => $weak, emails => mail("ann\@$n.example"), title => 'old');
            $how->($ann);
            settle();
            my ($status, $bob) = $door{$door}->(userName => "bob $name", externalId => $weak, emails => mail("bob\@$n.example"));
            is($status, 201, "$name: another person");
            isnt($bob, $ann, "$name: has an account of its own");
            is_told($door, $what, $ann, $name) if $weak !~ /^0{8}/;
            is($t->row($ann)->{doc}{title}, 'old', "$name: the other one stays as it is");
            gone($bob);
            ($status, my $back) = $door{$door}->(userName => "ANN $name", externalId => $weak);
            is_json([0 + $status, $back], [201, $ann], "$name: the same userName");
            $t->patch("/Users/$ann", [{ op => 'replace', path => 'emails', value => mail("ann\@$n.example") }]);
            $how->($ann);
            ($status, $back) = $door{$door}->(userName => "new $name", externalId => $weak,
                emails => [{ value => "other\@$n.example", primary => true }, { value => "ANN\@$n.EXAMPLE" }]);
            is_json([0 + $status, $back], [201, $ann], "$name: an e-mail address that is the same");
            gone($ann);
            $n++;
        }
        for my $strong (uuid(), '00ujl29u0le5T6Aj10h7', '1234567890123456') {
            my $name = "$door, $what, $strong";
            my (undef, $ann) = $door{$door}->(userName => "ann $name", externalId => $strong);
            $how->($ann);
            my ($status, $back) = $door{$door}->(userName => "new $name", externalId => $strong);
            is_json([0 + $status, $back], [201, $ann], "$name: names one person");
            gone($ann);
            sql("update scim.resource set merged_into = id where tenant = '$own' and id = '$ann'");
        }
    }
}
sql("delete from scim.resource where tenant = '$own' and type = 'User'");

# If everybody has the same externalId, the user with the same userName is found among them.
sql("insert into scim.resource (tenant, type, id, doc, deleted_at) select '$own', 'User', scim.new_id(now()),
    jsonb_build_object('schemas', jsonb_build_array('$USER'), 'userName', 'many' || i, 'externalId', 'null', 'active', false), now() from generate_series(1, 300) i");
my $first = sql("select id from scim.resource where tenant = '$own' and former_name_key = 'many1'");
is($t->make(Users => userName => 'Many1', externalId => 'null'), $first, 'one of very many');
sql("delete from scim.resource where tenant = '$own' and type = 'User'");

# --- inactive users, as Okta sends them again -------------------------------------------------------------------------------------------------

my $ext = '00ujl29u0le5T6Aj10h7';
my %okta = (userName => 'test.user@okta.example', externalId => $ext, displayName => 'Test User', name => { givenName => 'Test', familyName => 'User' },
    emails => mail('test.user@okta.example'), active => true);
my $id = $t->make(Users => %okta, title => 'old');
my $group = $t->make(Groups => displayName => 'Crew', members => [{ value => $id }]);
is($t->admin(PATCH => "/users/$id", { role => 'office-admin' })->{json}{role}, 'office-admin', 'an administrator gives it a role');
is_error($t->request(POST => '/Users', { schemas => [$USER], %okta }), 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'while it is active');
inactive($id);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %okta, groups => [], password => '1mz050nq' });
is_reply($res, 201, $t->user({ %okta }, $id, 4), 'sent again: the same account, as it was sent');
is($res->{location}, $t->url . "/Users/$id", 'Location');
is_json($t->stored_members($group), [$id], 'its memberships have stayed');
is($t->admin(GET => "/users/$id")->{json}{role}, 'office-admin', 'and what an administrator has set');
is_json([@{ $t->row($id) }{qw(version deleted)}], [4, false], 'stored');
is(sql("set scim.tenant = '$own'; select active from scim_app.accounts where id = '$id'"), 't', 'active for the application');
is($t->request(GET => '/Users?filter=active%20eq%20true')->{json}{totalResults}, 1, 'and for filters');
is($t->request(GET => '/Users')->{json}{totalResults}, 1, 'nobody else is there');

for my $door (sort keys %door) {
    $t->request(PUT => "/Users/$id", { schemas => [$USER], %okta, active => false });
    my ($status, $back) = $door{$door}->(%okta, roles => [{ value => 'read-only' }]);
    is($t->admin(GET => "/users/$id")->{json}{role}, 'read-only', "$door: a role that the POST sends");
    inactive($id);
    ($status, $back) = $door{$door}->(%okta, userName => 'new.name@okta.example');
    is($t->admin(GET => "/users/$id")->{json}{role}, 'read-only', "$door: stays where the next one sends none");
    is_json([0 + $status, $back], [201, $id], "$door: under another userName the same account");
    is($t->row($id)->{doc}{userName}, 'new.name@okta.example', "$door: which is renamed");
    is(many($ext), 1, "$door: and the only one with its externalId");
    inactive($id);
    ($status, $back) = $door{$door}->(%okta, active => false, title => 'x');
    is_json([0 + $status, $back, @{ $t->row($id)->{doc} }{qw(active title)}], [201, $id, false, 'x'], "$door: it may stay inactive");
    is(($door{$door}->(%okta, active => false, title => 'y'))[0], 409, "$door: one who is to stay inactive is there already");
    is($t->row($id)->{doc}{title}, 'x', "$door: and is as before");
    ($status, $back) = $door{$door}->(userName => $okta{userName}, externalId => $ext);
    is_json([0 + $status, $back, $t->row($id)->{doc}{active}], [201, $id, true], "$door: and is active where that is not said, as every new account is");
}

# The userName belongs to another user now.
my $other = $t->make(Users => userName => 'other');
inactive($id);
my $before = stored();
for my $door (sort keys %door) {
    is(($door{$door}->(%okta, userName => 'OTHER'))[0], 409, "$door: a userName that is taken");
    is(stored(), $before, "$door: nothing has changed");
}
# An existing user is preferred to a deleted one.
my $deleted = $t->make(Users => userName => 'deleted', externalId => uuid());
sql("update scim.resource set doc = doc || '{\"externalId\": \"$ext\"}' where id = '$deleted'");
gone($deleted);
is(($door{POST}->(%okta))[1], $id, 'one who is there comes first');
is($t->row($deleted)->{deleted}, true, 'and the deleted one stays so');

# In one request with others
inactive($id);
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'u', data => { schemas => [$USER], %okta, title => 'posted' } },
    { method => 'PATCH', path => "/Users/$id", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'nickName', value => 'N' }] } },
    { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => 'Bulk', members => [{ value => 'bulkId:u' }] } }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(201 200 201)], 'brought back, changed and referred to');
is_json([@{ $t->row($id)->{doc} }{qw(active title nickName)}], [true, 'posted', 'N'], 'each sees what was done before it');
is_json($t->stored_members($res->{json}{Operations}[2]{location} =~ m{([^/]+)$}), [$id], 'the member is the one that was there');
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'PATCH', path => "/Users/$id", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] } },
    { method => 'POST', path => '/Users', bulkId => 'u', data => { schemas => [$USER], %okta, title => 'again' } }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(200 201)], 'switched off and on in one request');
is_json([@{ $t->row($id)->{doc} }{qw(active title)}], [true, 'again'], 'in this order');

# At the same time
inactive($id);
my @sockets = map { my $s = connect_httpd(); print $s $t->raw_request(POST => '/Users', { schemas => [$USER], %okta, title => "t$_" }); $s } 1 .. 12;
my %tally;
$tally{ read_reply($_)->{status} }++ for @sockets;
is_json(\%tally, { 201 => 1, 409 => 11 }, 'twelve at once: one brings it back');
is(many($ext), 1, 'and it is one');

# --- the tenant's setting ----------------------------------------------------------------------------------------------------------------------

scimctl(qw(tenant set), $own, qw(--restore userName));
for my $door (sort keys %door) {
    inactive($id);
    my ($status, $back) = $door{$door}->(%okta, userName => uc $okta{userName}, externalId => 'e1');
    is_json([0 + $status, $back], [201, $id], "$door, userName: the same userName is enough");
    inactive($id);
    ($status, $back) = $door{$door}->(userName => $okta{userName});
    is_json([0 + $status, $back], [201, $id], "$door, userName: without an externalId");
    inactive($id);
    $door{$door}->(%okta);
}
scimctl(qw(tenant set), $own, qw(--restore never));
inactive($id);
$before = stored();
for my $door (sort keys %door) {
    is(($door{$door}->(%okta))[0], 409, "$door, never: the userName is taken");
    is(stored(), $before, "$door, never: nothing has changed");
}
my ($status, $second) = $door{POST}->(%okta, userName => 'second@okta.example', emails => []);
is($status, 201, 'never: another account, with the same externalId');
isnt($second, $id, 'never: a new one');
is_json([map { [$_->{key}, sort map { $_->{id} } @{ $_->{accounts} }] } @{ $t->admin(GET => '/duplicates')->{json}{items} }], [[$ext, sort $id, $second]],
    'which the list of duplicates shows');
gone($second);
is_json($t->admin(GET => '/duplicates')->{json}{items}, [], 'until one is gone');
scimctl(qw(tenant set), $own, qw(--restore externalId));
($status, my $made) = $door{POST}->(userName => 'x' . $okta{userName}, externalId => 'e1');
isnt($made, $id, 'externalId: another one is somebody else');
gone($made);

# --- rules that apply nevertheless -----------------------------------------------------------------------------------------------------------------

is($t->admin(POST => "/users/$id/protect", { kind => 'break-glass' })->{status}, 200, 'protect it');
$before = stored();
for my $body ({ %okta }, { %okta, userName => 'renamed' }, { %okta, userName => 'renamed', active => false }) {
    is_error($t->request(POST => '/Users', { schemas => [$USER], %$body }), 403, undef,
        "The user \"$okta{userName}\" is a break-glass account. Provisioning may not change it; an administrator can.", 'a protected account');
    is(($door{Bulk}->(%$body))[0], 403, 'a protected account, in Bulk');
}
is(stored(), $before, 'stays as it is');
$t->admin(POST => "/users/$id/unprotect", {});

is($t->admin(PATCH => '', { dryRun => true })->{status}, 200, 'the tenant runs dry');
$before = stored();
is_reply($t->request(POST => '/Users', { schemas => [$USER], %okta }), 201, $t->user({ %okta, roles => [{ value => 'read-only' }] }, $id), 'dry run: answered');
is(($door{Bulk}->(%okta))[0], 201, 'dry run: Bulk');
is(stored(), $before, 'dry run: nothing has changed');
$t->admin(PATCH => '', { dryRun => false, guardLimit => 100000 });
is(($door{POST}->(%okta))[1], $id, 'a tenant with a guard against mass changes');
inactive($id);
is(($door{Bulk}->(%okta))[1], $id, 'also in Bulk, which is one transaction then');
is_json($t->admin(GET => '/holds')->{json}{items}, [], 'where nothing is held that takes access from nobody');

done_testing;
