# Clients that follow the RFCs need no leniency: their requests succeed for a tenant with the profile `rfc`.
use strict;
use warnings;
use File::Basename;
use Test::More;
use ScimTest;

$ENV{SCIM_TEST_PROFILE} = 'rfc';
$ENV{PERL5LIB} = join ':', @INC;
for my $client (qw(google okta_aiw ping rippling sailpoint)) {
    my ($text, $code) = run_ok($^X, dirname($0) . "/idp_$client.t");
    is($code, 0, $client) or diag join "\n", grep { !/^ok / } split /\n/, $text;
    cmp_ok(scalar(() = $text =~ /^ok /mg), '>', 10, "$client: was run");
}

# Another client is refused, which shows that the profile is effective.
my ($text, $code) = run_ok($^X, dirname($0) . '/idp_entra_plain.t');
isnt($code, 0, 'Entra ID without its flag needs the profile lenient');
like($text, qr/which the tenant's profile \\"rfc\\" does not accept/, 'and is told so');

done_testing;
