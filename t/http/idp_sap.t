# SAP Identity Provisioning: its default transformation copies everything; it lists unknown extensions, sends If-Match:
# * with every request, creates users by Bulk, filters by two attributes, and pages by itemsPerPage. It cannot send a
# bearer token: the token is the password of Basic authentication, or the client secret with which it requests access
# tokens (OAuth2TokenServiceURL, User, Password).
use strict;
use warnings;
use MIME::Base64 'encode_base64';
use Test::More;
use ScimFront;
use ScimTest;

my $SAP  = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my @always = ('If-Match' => '*', 'X-CSRF-Token' => 'Fetch');

my $front = front(<<"CONF", ());
<Location "/basic">
    SetHandler scim
    ScimTenant path
    ScimBasicTokens on
    Require all granted
</Location>
<Location "/oauth">
    SetHandler scim
    ScimTenant path
    Require all granted
</Location>
CONF
my @at = (':port' => $front->{port});
sub basic { return 'Basic ' . encode_base64(join(':', @_), '') }

# A tenant whose base URL is that of this Location.
sub tenant_at {
    my ($location) = @_;
    my $t = ScimTest->new("sap-$location");
    @$t{qw(base host)} = ("/$location/" . $t->tenant, "127.0.0.1:$front->{port}");
    return $t;
}

# The job's requests, each with this Authorization at the server in front; without one, those of a test's tenant, which
# oauth_providers.t sends with access tokens that expire on the way.
sub job {
    my ($t, $as) = @_;
    my @as = defined $as ? (@at, Authorization => $as) : ();
    my $ask = sub { my ($method, $path, $body, @more) = @_; return $t->request($method, $path, $body, @always, @as, @more) };

    is($ask->(GET => '/Users?startIndex=1&count=100')->{status}, 200, 'the first read');
    is($ask->(GET => '/ServiceProviderConfig')->{status}, 200, 'ServiceProviderConfig');

    my %user = (userName => 'ann@x.example', externalId => 'P000123', active => true, displayName => 'Ann N', name => { familyName => 'N', givenName => 'Ann' }, userType => 'employee',
        emails => [{ value => 'ann@x.example', primary => true, type => 'work' }], addresses => [{ country => 'US', type => 'work' }], $ENTERPRISE => { department => 'Sales' });
    my %more = ($SAP => { userUuid => 'e9f0', validFrom => '2026-01-01T00:00:00Z', emails => [{ value => 'ann@x.example', verified => true }] },
        'urn:sap:cloud:scim:schemas:extension:custom:2.0:User' => { attributes => [{ name => 'customAttribute1', value => 'x' }] });
    my $res = $ask->(POST => '/Users', { schemas => [$USER, $ENTERPRISE, keys %more], %user, %more });
    is_reply($res, 201, $t->user(\%user, undef, 1), 'create with extensions that are unknown here');
    my $id = $res->{json}{id};
    my $reason = $t->admin(GET => '/activity')->{json}{items}[0]{reason};
    like($reason, qr/\b\Q$SAP\E\b.* unknown here and (?:was|were) ignored; add a schema file to keep it/, 'activity names the extensions');
    is_json($t->row($id)->{doc}, { schemas => [$USER, $ENTERPRISE], %user }, 'stored');

    for my $filter ('name.familyName eq "N" and addresses.country eq "US"', 'userName eq "ann@x.example"', 'externalId eq "P000123"', 'emails.value eq "ann@x.example"') {
        (my $query = $filter) =~ s/([^A-Za-z0-9.])/sprintf '%%%02X', ord $1/ge;
        is_json([map { $_->{id} } @{ $ask->(GET => "/Users?filter=$query")->{json}{Resources} }], [$id], $filter);
    }
    $res = $ask->(PUT => "/Users/$id", { schemas => [$USER, $ENTERPRISE, $SAP], id => $id, %user, title => 'Head', %more });
    is_reply($res, 200, $t->user({ %user, title => 'Head' }, $id, 2), 'PUT with If-Match: *');
    $res = $t->patch("/Users/$id", [{ op => 'replace', path => "$SAP:validTo", value => '2027-01-01T00:00:00Z' }, { op => 'replace', path => 'active', value => false }], @always, @as);
    is($res->{json}{active}, false, 'PATCH: what is known is done');
    is($ask->(GET => "/Users/$id")->{etag}, 'W/"3"', 'GET with If-Match: *');

    # Bulk of 30 users, with bulkIds, and a group of them
    my @operations = map { { method => 'POST', path => '/Users', bulkId => "u$_", data => { schemas => [$USER, $SAP], userName => "bulk$_\@x.example", active => true, name => { familyName => "F$_" }, $SAP => { userUuid => "$_" } } } } 1 .. 30;
    $res = $ask->(POST => '/Bulk', { schemas => [$BULK], failOnErrors => 0, Operations => [@operations,
        { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP, 'urn:sap:cloud:scim:schemas:extension:custom:2.0:Group'], displayName => 'Bulk', members => [map { { value => "bulkId:u$_" } } 1 .. 30],
            'urn:sap:cloud:scim:schemas:extension:custom:2.0:Group' => { name => 'bulk', description => 'x' } } }] });
    is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [('201') x 31], 'Bulk') or diag $res->{body};
    my ($group) = $res->{json}{Operations}[30]{location} =~ m{([^/]+)$};
    is(scalar @{ $t->stored_members($group) }, 30, 'the group has all of them');

    # Pages: startIndex goes on by itemsPerPage
    my ($start, @seen) = (1);
    while (@seen < 31) {
        my $page = $ask->(GET => "/Users?startIndex=$start&count=10")->{json};
        push @seen, map { $_->{id} } @{ $page->{Resources} };
        last if !$page->{itemsPerPage};
        $start += $page->{itemsPerPage};
    }
    is(scalar(keys %{ { map { $_ => 1 } @seen } }), 31, 'pages have everybody once');
    is_empty($ask->(DELETE => "/Users/$id"), 204, 'delete');
    is_empty($ask->(DELETE => "/Groups/$group"), 204, 'delete the group');
}

subtest 'the token itself' => sub { job(ScimTest->new('sap')) };

subtest 'Basic' => sub {
    my $t = tenant_at('basic');
    is_error($t->request(GET => '/Users?count=1', undef, @at, Authorization => basic('sap', 'another password')), 401, undef, undef, 'another password');
    job($t, basic('sap', $t->{token}));
};

subtest 'OAuth' => sub {
    my $t = tenant_at('oauth');
    my $key = substr $t->{token}, 5, 10;
    is_error($t->request(GET => '/Users?count=1', undef, @at, Authorization => basic($key, $t->{token})), 401, undef, undef, 'Basic is not switched on here');
    my $access = sub {
        my $res = $t->request(POST => '/oauth2/token', 'grant_type=client_credentials', @at, Authorization => basic(@_), Accept => 'application/json',
            'Content-Type' => 'application/x-www-form-urlencoded;charset=UTF-8');
        return "$res->{status} " . ($res->{json}{token_type} // $res->{json}{error}), $res->{json}{access_token};
    };
    is((($access->($key, 'another secret'))[0]), '401 invalid_client', 'another secret');
    my ($got, $text) = $access->($key, $t->{token});
    is($got, '200 Bearer', 'an access token');
    job($t, "Bearer $text");

    # The next job begins when the access token has ended: 401, and it asks for another one.
    sql("update scim.access_token set expires = now() - interval '1 second' where tenant = '@{[$t->tenant]}'");
    is_error($t->request(GET => '/Users?count=1', undef, @at, Authorization => "Bearer $text"), 401, undef, undef, 'an access token that has ended');
    my ($again, $next) = $access->($key, $t->{token});
    is($again, '200 Bearer', 'another one');
    is($t->request(GET => '/Users?count=1', undef, @at, Authorization => "Bearer $next")->{status}, 200, 'with which it goes on');
};

done_testing;
