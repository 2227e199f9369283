# The reason for a 401: the client does not learn it, but the tenant's administrators see it in activity, even for a
# token that the tenant does not have.
use strict;
use warnings;
use MIME::Base64 'encode_base64';
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('denied')->unmasked;
my $alien = ScimTest->new('denied-other');
my $user = $t->make(Users => userName => 'ann');
my %token = map { $_ => $t->new_token($_) } qw(revoked expired gone);
scimctl(qw(token revoke --tenant), $t->tenant, 'revoked');
sql("update scim.token set created = now() - interval '2 days', expires = now() - interval '1 second' where tenant = '$t->{tenant}' and name = 'expired'");
sql("delete from scim.token where tenant = '$t->{tenant}' and name = 'gone'");
# A complete token with a known key id: its secret was replaced in a restored database.
my $secret = $t->new_token('secret');
sql("update scim.token set digest = sha256('another') where tenant = '$t->{tenant}' and name = 'secret'");
my $typing = $t->{token};
substr $typing, 30, 1, substr($typing, 30, 1) eq 'A' ? 'B' : 'A';

sub key { substr $_[0], 5, 10 }
sub count { sql("select count(*) from scim.activity where tenant = '$t->{tenant}'") }
sub clear { sql("delete from scim.activity where tenant = '$t->{tenant}'") }
# The newest row, when there are so many.
sub newest {
    my ($n) = @_;
    eventually(sub { count() >= $n });
    my $list = $t->admin(GET => '/activity?limit=500')->{json}{items};
    is(scalar @$list, $n, "$n requests are told");
    return $list->[0];
}

my @wire;
for ([missing => undef, undef, undef, qr/^The request has no Authorization header\. .*removes the header\.$/],
     [basic => 'Basic dXNlcjpwYXNz', undef, undef, qr/^The request does not authenticate with a bearer token\./],
     ['no scheme' => $t->{token}, undef, undef, qr/does not authenticate with a bearer token.*Bearer before it\.$/],
     ['of another product' => 'Bearer abc.def.ghi', undef, undef, qr/^The request's bearer token is not a token of this service: .* begins with scim_/],
     [empty => 'Bearer ', undef, undef, qr/not a token of this service/],
     [mistyped => "Bearer $typing", key($typing), 'test', qr/^The bearer token was changed when it was entered: its checksum is wrong\./],
     ['cut off' => 'Bearer ' . substr($t->{token}, 0, 40), key($t->{token}), 'test', qr/checksum is wrong/],
     ['mistyped and unknown' => 'Bearer scim_unknownkey' . 'a' x 49, 'unknownkey', undef, qr/checksum is wrong/],
     [unknown => "Bearer $token{gone}", key($token{gone}), undef, qr/^This tenant has no token with this key id\. Enter one of the tenant's tokens/],
     ["another tenant's" => "Bearer $alien->{token}", key($alien->{token}), undef, qr/^The bearer token belongs to another tenant\. .*correct the tenant's name in the base URL there\.$/],
     ['another secret' => "Bearer $secret", key($secret), 'secret', qr/^The bearer token has the key id of this token and another secret/],
     [revoked => "Bearer $token{revoked}", key($token{revoked}), 'revoked', qr/^The token was revoked\. Create another one and enter it at the identity provider\.$/],
     [expired => "Bearer $token{expired}", key($token{expired}), 'expired', qr/^The token has expired\. Create another one and enter it at the identity provider\.$/]) {
    my ($name, $header, $key, $token, $reason) = @$_;
    clear();
    my $res = $t->request(GET => '/Users?filter=userName%20eq%20%22ann%22', undef, Authorization => $header);
    is_error($res, 401, undef, undef, $name);
    push @wire, $res->{body} if $name =~ /^(unknown|another|revoked|expired)/;
    my $row = newest(1);
    is_json({ %$row, duration => 'some' }, { id => qr/^\d{16}-\d+$/, at => $TIME, tokenId => $key, tokenName => $token, method => 'GET',
        path => $token ? '/Users?filter=userName%20eq%20%22***%22' : '/Users?***', status => 401, outcome => 'refused', scimType => undef, reason => $reason,
        duration => 'some', request => $ANY, address => '127.0.0.1', object => undef, resourceType => $token ? 'User' : undef, resourceId => undef,
        leniencies => [], dryRun => false }, "$name: what administrators see");
}
is(scalar(keys %{ { map { $_ => 1 } @wire } }), 1, 'clients are told the same whatever the reason');
is(sql("select count(*) from scim.activity where tenant = '$alien->{tenant}'"), 0, 'the other tenant is told nothing');

# Every endpoint and method.
clear();
for ([GET => "/Users/$user"], [POST => '/Users', { schemas => [$USER], userName => 'secret-name' }], [PUT => "/Users/$user", '{not json'], [PATCH => "/Users/$user", '{}'],
     [DELETE => "/Users/$user"], [POST => '/Bulk', { schemas => [$BULK], Operations => [] }], [POST => '/.search', '{}'], [GET => '/Me'], [GET => '/Nothing']) {
    my ($method, $path, $body) = @$_;
    clear();
    is($t->request($method => $path, $body, Authorization => "Bearer $alien->{token}")->{status}, 401, "$method $path");
    my $row = newest(1);
    like($row->{reason}, qr/another tenant/, "$method $path is told");
    is_json([@$row{qw(method path object)}], [$method, $path, undef], 'and nothing of what was in it');
}
clear();
$t->request(GET => $_, undef, Authorization => "Bearer $alien->{token}") for '/ServiceProviderConfig', '/Schemas';
is($t->request(POST => '/oauth2/token', 'grant_type=client_credentials', 'Content-Type' => 'application/x-www-form-urlencoded',
    Authorization => 'Basic ' . encode_base64(key($t->{token}) . ':wrong', ''))->{status}, 401, 'the token endpoint');
like(newest(1)->{reason}, qr/^The client id must be the key id of one of the tenant's tokens/, 'its refusal is told, and no discovery');

# A client cannot flood the log.
clear();
$t->request(GET => '/Users', undef, Authorization => "Bearer $token{gone}") for 1 .. 20;
$t->request(GET => '/Users', undef, Authorization => undef) for 1 .. 3;
newest(2);
select undef, undef, undef, 1.5;
is(count(), 2, 'the same token from the same address is told once in a minute');
sql(<<"SQL");
insert into scim.activity (tenant, at, token, method, path, status, duration, address)
select '$t->{tenant}', now() - n * interval '10 seconds', 'k' || n, 'GET', '/', 401, 1, '10.0.0.1' from generate_series(1, 98) n
SQL
is($t->request(GET => '/Users', undef, Authorization => 'Bearer x')->{status}, 401, 'one more');
select undef, undef, undef, 1.5;
is(count(), 100, 'and a hundred within an hour');
is($t->request(GET => '/Users', undef, Authorization => "Bearer $token{revoked}")->{status}, 401, 'a token that is known');
eventually(sub { count() == 101 });
is(count(), 101, 'is always told');

# Where administrators find it.
is(scalar @{ $t->admin(GET => '/activity?token=' . key($token{gone}))->{json}{items} }, 1, 'by the key id');
my ($wrong) = grep { $_->{kind} eq 'wrong-token' && $_->{text} =~ /key id/ } @{ $t->admin(GET => '/overview')->{json}{attention} };
is_json({ %$wrong, at => 'then', objectId => 'id' }, { kind => 'wrong-token', severity => 'info', count => 1, objectType => 'Activity', objectId => 'id', object => '127.0.0.1', at => 'then',
    text => qr/^A request from 127\.0\.0\.1 was refused\. This tenant has no token with this key id\./, fix => qr/^If it is from your identity provider, do what the text says/,
    operation => 'activity-list', arguments => { status => 401 } }, 'the overview has it');
clear();
$t->request(GET => '/Users', undef, Authorization => "Bearer $token{gone}");
newest(1);
is_json([map { $_->{refused} } grep { $_->{tenant} eq $t->tenant } @{ $t->admin(GET => '//tenants?limit=500')->{json}{items} }], [0],
    'what strangers send says nothing of how the tenant is doing');
is($t->admin(GET => '/activity/' . $t->admin(GET => '/activity')->{json}{items}[0]{id})->{json}{tokenName}, undef, 'one by its id');

done_testing;
