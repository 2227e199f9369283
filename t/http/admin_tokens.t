# Tokens in the admin API: creation, the secret that is shown once, rights, status, and expiry.
use strict;
use warnings;
use utf8;
use POSIX 'strftime';
use Test::More;
use ScimTest;

my $t     = ScimTest->new('admin-tokens');
my $other = ScimTest->new('admin-tokens-other');
my $name  = $t->tenant;

sub token {
    my ($called, %change) = @_;
    return { tenant => $name, keyId => qr/^\w{10}$/, name => $called, description => undef, status => 'active', created => $TIME,
        createdBy => 'admin', expires => $TIME, revoked => undef, revokedBy => undef, lastUsed => undef, lastAddress => undef,
        readOnly => false, addresses => undef, rate => undef, burst => undef, expectEvery => undef, usualEvery => undef, quiet => false, scope => 'tenant', userId => undef, userName => undef, external => undef, %change };
}
# `lastUsed` appears a moment after a request.
sub quiet { my ($token) = @_; return { %$token, lastUsed => undef, lastAddress => undef } }
sub as { my ($secret) = @_; return (Authorization => "Bearer $secret") }
sub says { my ($text, @fields) = @_; return ($text, { map { ($_ => $text) } @fields }) }
sub in_days { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + $_[0] * 86400)) }

# --- adding ----------------------------------------------------------------------------------------------------------------

my $made = $t->admin(POST => '/tokens', { name => 'Okta', description => 'Okta, production' });
my $secret = $made->{json}{token};
is_admin($made, 201, token('Okta', description => 'Okta, production', token => qr/^scim_$made->{json}{keyId}\w{49}$/), 'make');
is($made->{headers}->header('Location'), "/admin/tenants/$name/tokens/$made->{json}{keyId}", 'its place');
is($made->{headers}->header('Cache-Control'), 'no-store', 'no cache keeps the answer');
my $key = $made->{json}{keyId};
is($t->request(GET => '/Users', undef, as($secret))->{status}, 200, 'it is valid');
is(sql("select expires - created from scim.token where tenant = '$name' and key_id = '$key'"), '30 days', 'for 30 days');
is(sql("select encode(digest, 'hex') = encode(sha256('$secret'), 'hex') from scim.token where key_id = '$key'"), 't', 'its digest is stored');

# The secret appears nowhere else: not in stored data, the audit log, answers or logs.
my $part = substr $secret, 15, 43;
my ($shown, $listed, $audited) = map { $t->admin(GET => $_) } "/tokens/$key", '/tokens', '/audit';
for ($shown, $listed, $audited) {
    is($_->{status}, 200, 'asked for');
    unlike($_->{body}, qr/\Q$part\E|digest/, 'and not told');
}
my ($digest) = sql("select encode(digest, 'hex') from scim.token where key_id = '$key'");
for my $table (qw(audit token tenant)) {
    is(sql("select count(*) from scim.$table x where x::text like '%$part%'"), 0, "scim.$table does not hold the secret");
}
is(sql("select count(*) from scim.audit x where x::text like '%$digest%'"), 0, 'nor the audit log the digest');
is(scalar(log_lines($_, qr/\Q$part\E|$digest/)), 0, "$_ holds neither") for qw(error_log access_log);
my ($entry) = @{ $audited->{json}{items} };
is_json([@$entry{qw(actor action objectType objectId objectName before)}, @{ $entry->{after} }{qw(name createdBy readOnly)}],
    ['admin', 'create', 'Token', $key, 'Okta', undef, 'Okta', 'admin', false], 'the audit log knows who made it');

is_json(quiet($shown->{json}), token('Okta', description => 'Okta, production'), 'show, by its key id');
is_json(quiet($t->admin(GET => '/tokens/OKTA')->{json}), token('Okta', description => 'Okta, production'), 'by its name, whatever the case');
is($shown->{headers}->header('ETag'), $made->{headers}->header('ETag'), 'its version');
is_problem($other->admin(GET => "/tokens/$key"), 404, says('Tenant "' . $other->tenant . qq{" has no token with the key id or name "$key"; its list of tokens shows both.}, 'token'),
    'not for another tenant');

# --- refusals ----------------------------------------------------------------------------------------------------------------

my $count = sql("select count(*) from scim.token where tenant = '$name'");
is_problem($t->admin(POST => '/tokens', {}), 400, 'name: is missing; give its name, unique among the tenant\'s tokens that are not revoked.', { name => 'is missing; give its name, unique among the tenant\'s tokens that are not revoked.' }, 'no name');
for my $taken (qw(Okta OKTA okta)) {
    is_problem($t->admin(POST => '/tokens', { name => $taken }), 409,
        says(qq{Tenant "$name" already has an unrevoked token named "Okta"; choose another name or revoke that token first.}, 'name'), "a name in use: $taken");
}
my $past   = 'The expiry of a token must be in the future; choose a later one.';
my $far    = 'The expiry of a token must be at most 3653 days (10 years) from now; choose an earlier one.';
my $noTime = 'must be a time such as 2027-01-31T12:00:00Z.';
is_problem($t->admin(POST => '/tokens', { name => 'x', expires => $_->[0] }), 400, says($_->[1], 'expires'), "expires $_->[0]")
    for ['2020-01-01T00:00:00Z', $past], [in_days(0), $past], [in_days(3654), $far], ['9999-12-31T23:59:59Z', $far];
is_problem($t->admin(POST => '/tokens', { name => 'x', expires => $_ }), 400, $ANY, { expires => $noTime }, "expires $_")
    for 'never', '30d', '2027-02-30T00:00:00Z', '';
is_problem($t->admin(POST => '/tokens', { name => 'x', expires => undef }), 400, $ANY, { expires => 'must have a value, not null.' }, 'expires null');
is_problem($t->admin(POST => '/tokens', { name => 'x', rate => 0, burst => 1.5, readOnly => 'yes', addresses => '10.0.0.1', keyId => 'k', digest => '00', token => 's' }),
    400, $ANY, { rate => 'must be a whole number from 1 to 100000.', burst => 'must be a whole number from 1 to 1000000.', readOnly => 'must be true or false.',
        addresses => 'must be a list of at most 10000 texts.', map { ($_ => 'is unknown; the arguments are: name, expires, external, description, readOnly, addresses, rate, burst, expectEvery, user, scope.') } qw(keyId digest token) }, 'wrong terms');
is_problem($t->admin(POST => '/tokens', { name => 'x', burst => 5 }), 400, says('burst needs a rate; give rate, too.', 'burst'), 'burst alone');
is_problem($t->admin(POST => '/tokens', { name => 'x', addresses => $_->[0] }), 400, says($_->[1], 'addresses'), 'addresses ' . json($_->[0]))
    for [[], 'The list of addresses is empty. Name one address or block at least, or leave it out to allow any.'],
    [['10.0.0.1', 'example.org'], '"example.org" is neither an address nor a network; write 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32.'],
    [['192.0.2.7/24'], '"192.0.2.7/24" has bits beyond its prefix; its network is 192.0.2.0/24.'];
my $foreign = $other->make(Users => userName => 'foreign');
is_problem($t->admin(POST => '/tokens', { name => 'x', user => $_ }), 404, says(qq{Tenant "$name" has no user with the id or userName "$_".}, 'user'), "user $_")
    for 'nobody', 'foreign', $foreign;
is_problem($t->admin(POST => '//tenants/nobody/tokens', { name => 'x' }), 404, 'There is no tenant "nobody"; create it first or correct the name.', undef, 'no such tenant');
is(sql("select count(*) from scim.token where tenant = '$name'"), $count, 'nothing of that was stored');

# --- rights -------------------------------------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'Kim');
my $end = in_days(3652);
$made = $t->admin(POST => '/tokens', { name => 'reader', readOnly => true, addresses => ['192.0.2.0/24', '2001:DB8::7'], rate => 7, user => 'KIM', scope => 'tenant',
    expires => $end });
is_admin($made, 201, token('reader', token => $ANY, readOnly => true, addresses => ['192.0.2.0/24', '2001:db8::7/128'], rate => 7, burst => 14,
    userId => $kim, userName => 'Kim', expires => substr($end, 0, 19) . '.000000Z'), 'all terms');
my @reader = as($made->{json}{token});
is($t->request(GET => '/Users', undef, @reader)->{status}, 403, 'not from here');
is($t->request(GET => '/Me', undef, @reader, 'X-Test-Address' => '192.0.2.9')->{json}{userName}, 'Kim', 'from there, as its user');
is_error($t->request(DELETE => "/Users/$kim", undef, @reader, 'X-Test-Address' => '192.0.2.9'), 403, undef, 'The token "reader" may only read. Use one that may write, or let an administrator allow it to this one.', 'and only to read');

is($t->admin(POST => '/tokens', { name => 'zone', expires => $_->[0] })->{json}{expires}, $_->[1], "expires $_->[0]"),
    $t->admin(POST => '/tokens/zone/revoke', {})
    for ['2031-01-31T12:00:00', '2031-01-31T12:00:00.000000Z'], ['2031-01-31T12:00:00.5+02:00', '2031-01-31T10:00:00.500000Z'];
sql("delete from scim.token where tenant = '$name' and name = 'zone'");

my $etag = $made->{headers}->header('ETag');
my $set = $t->admin(PATCH => '/tokens/reader', { readOnly => false, addresses => undef }, 'If-Match' => $etag);
is_json(quiet($set->{json}), token('reader', rate => 7, burst => 14, userId => $kim, userName => 'Kim'), 'set some, and the others stay');
is($t->request(GET => '/Users', undef, @reader)->{status}, 200, 'from the next request on');
is_problem($t->admin(PATCH => '/tokens/reader', { rate => 9 }, 'If-Match' => $etag), 412, $ANY, undef, 'another version');
$set = $t->admin(PATCH => '/tokens/reader', { rate => undef, user => undef, description => 'For reports' });
is_json(quiet($set->{json}), token('reader', description => 'For reports'), 'take away');
($entry) = @{ $t->admin(GET => '/audit?limit=1')->{json}{items} };
is_json([@$entry{qw(actor action objectName before after)}], ['admin', 'update', 'reader', { rate => 7, burst => 14, userId => $kim, description => undef },
    { description => 'For reports' }], 'the audit log has what was changed');
is_problem($t->admin(PATCH => '/tokens/reader', {}), 400, qr/^Nothing to change: /, undef, 'nothing to set');
is_problem($t->admin(PATCH => '/tokens/reader', { name => 'x' }), 400, $ANY, { name => 'is unknown; the arguments are: description, readOnly, addresses, rate, burst, expectEvery, user, scope.' }, 'its name stays');
is_problem($t->admin(PATCH => '/tokens/nothing', { readOnly => true }), 404, $ANY, { token => $ANY }, 'no such token');

# Each token is a separate service account.
$t->request(POST => '/Users', { schemas => [$USER], userName => 'lee' }, @reader);
is_json([@{ $t->admin(GET => '/audit?limit=1')->{json}{items}[0] }{qw(actorKind actor actorKey action objectName)}],
    ['token', 'reader', $made->{json}{keyId}, 'create', 'lee'], 'what it does is done in its name');

# --- status and expiry ----------------------------------------------------------------------------------------------------------

my %end = (soon => '13 days 23 hours', later => '15 days', ended => '-1 second');
my %of;
for my $called (sort keys %end) {
    $of{$called} = $t->admin(POST => '/tokens', { name => $called })->{json}{token};
    sql("update scim.token set expires = now() + interval '$end{$called}' where tenant = '$name' and name = '$called'");
}
is_json({ map { ($_ => $t->admin(GET => "/tokens/$_")->{json}{status}) } sort keys %end }, { soon => 'expiring', later => 'active', ended => 'expired' }, 'status');
is_error($t->request(GET => '/Users', undef, as($of{ended})), 401, undef, $ANY, 'an expired one is refused');
is($t->request(GET => '/Users', undef, as($of{$_}))->{status}, 200, "$_ is not") for qw(soon later);

is($t->request(GET => '/Users', undef, as($secret))->{status}, 200, 'several are valid at once');
$etag = $t->admin(GET => '/tokens/okta')->{headers}->header('ETag');
is_problem($t->admin(POST => '/tokens/okta/revoke', {}, 'If-Match' => '"0"'), 412, $ANY, undef, 'revoke another version');
my $revoked = $t->admin(POST => '/tokens/okta/revoke', {}, 'If-Match' => $etag, ':user' => 'somebody');
is_json(quiet($revoked->{json}), token('Okta', description => 'Okta, production', status => 'revoked', revoked => $TIME, revokedBy => 'somebody'), 'revoke');
is_error($t->request(GET => '/Users', undef, as($secret)), 401, undef, $ANY, 'the next request is refused');
is($t->request(GET => '/Users', undef, @reader)->{status}, 200, 'others go on');
is_json(quiet($t->admin(POST => '/tokens/okta/revoke', {})->{json}), quiet($revoked->{json}), 'again: nothing changes');
is(sql("select count(*) from scim.audit where tenant = '$name' and action = 'revoke' and object_id = '$key'"), 1, 'it is in the audit log, once');
is_problem($t->admin(PATCH => '/tokens/okta', { readOnly => true }), 409, says('The token "Okta" was revoked; add a new one instead.', 'token'), 'it is changed no more');
my $next = $t->admin(POST => '/tokens', { name => 'OKTA' });
is($next->{status}, 201, 'its name is free');
is($t->admin(GET => '/tokens/Okta')->{json}{keyId}, $next->{json}{keyId}, 'and means the new one');
is($t->admin(GET => "/tokens/$key")->{json}{status}, 'revoked', 'the key id means the old one');

# --- the list ---------------------------------------------------------------------------------------------------------------------

sub listed { return join ' ', map {"$_->{name}:$_->{status}"} @{ $t->admin(GET => "/tokens$_[0]")->{json}{items} } }
my @all = qw(OKTA:active soon:expiring later:active ended:expired reader:active Okta:revoked test:active);
is(listed(''), join(' ', @all), 'newest first; expired and revoked ones stay');
is(listed('?status=' . $_->[0]), $_->[1], "status $_->[0]")
    for ['active', 'OKTA:active later:active reader:active test:active'], ['expiring', 'soon:expiring'], ['expired', 'ended:expired'], ['revoked', 'Okta:revoked'];
is(listed('?q=OKT'), 'OKTA:active Okta:revoked', 'looked for by name');
is(listed('?q=reports'), 'reader:active', 'by description');
is_problem($t->admin(GET => '/tokens?status=old'), 400, $ANY, { status => 'must be one of: active|expiring|expired|revoked.' }, 'no such status');
my ($after, @paged) = ('');
do {
    my $page = $t->admin(GET => "/tokens?limit=3$after")->{json};
    push @paged, map {"$_->{name}:$_->{status}"} @{ $page->{items} };
    $after = $page->{next} && "&after=$page->{next}";
} while ($after);
is_json(\@paged, \@all, 'page by page');
is_json([map { $_->{name} } @{ $other->admin(GET => '/tokens')->{json}{items} }], ['test'], 'another tenant has its own');
is(scalar @{ unjson(scimctl(qw(token list --json --tenant), $name)) }, 7, 'scimctl token list');

# --- separation of tenants --------------------------------------------------------------------------------------------------------

my @own = (':base' => '/own', ':user' => $name);
is($t->admin(GET => '/tokens', undef, @own)->{status}, 200, 'an own tenant');
is($t->admin(POST => '/tokens', { name => 'own' }, @own)->{json}{createdBy}, $name, 'may be given tokens');
is_problem($other->admin(@$_[0, 1], $_->[2], @own), 404, 'There is no tenant "' . $other->tenant . '"; create it first or correct the name.', undef, "not another one: $_->[0] $_->[1]")
    for [GET => '/tokens'], [POST => '/tokens', { name => 'x' }], [POST => '/tokens/test/revoke', {}];
is($other->request(GET => '/Users')->{status}, 200, 'its token is valid still');

done_testing;
