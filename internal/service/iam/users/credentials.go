package users

import (
	"cmp"
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// Users have no credentials other than access keys and passwords: no devices, no other keys,
// no certificates. What clears a user away asks for them and finds none.

// noneOf finds the user of a list, or the caller, who has none of what it lists.
func noneOf(r *operation.Reader, user *string) error {
	_, err := owner(r, user)
	return err
}

// ListMFADevices lists no devices. [AWS: ListMFADevices]
func (s *Service) ListMFADevices(ctx context.Context, in *iamapi.ListMFADevicesRequest) (*iamapi.ListMFADevicesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListMFADevicesResponse, error) {
		return &iamapi.ListMFADevicesResponse{MFADevices: []iamapi.MFADevice{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListVirtualMFADevices lists no devices. [AWS: ListVirtualMFADevices]
func (s *Service) ListVirtualMFADevices(ctx context.Context, in *iamapi.ListVirtualMFADevicesRequest) (*iamapi.ListVirtualMFADevicesResponse, error) {
	return operation.View(ctx, s.runner, in, func(*operation.Reader) (*iamapi.ListVirtualMFADevicesResponse, error) {
		return &iamapi.ListVirtualMFADevicesResponse{VirtualMFADevices: []iamapi.VirtualMFADevice{}, IsTruncated: new(false)}, nil
	})
}

// ListSSHPublicKeys lists no keys. [AWS: ListSSHPublicKeys]
func (s *Service) ListSSHPublicKeys(ctx context.Context, in *iamapi.ListSSHPublicKeysRequest) (*iamapi.ListSSHPublicKeysResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListSSHPublicKeysResponse, error) {
		return &iamapi.ListSSHPublicKeysResponse{SSHPublicKeys: []iamapi.SSHPublicKeyMetadata{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListSigningCertificates lists no certificates. [AWS: ListSigningCertificates]
func (s *Service) ListSigningCertificates(ctx context.Context, in *iamapi.ListSigningCertificatesRequest) (*iamapi.ListSigningCertificatesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListSigningCertificatesResponse, error) {
		return &iamapi.ListSigningCertificatesResponse{Certificates: []iamapi.SigningCertificate{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListServiceSpecificCredentials lists no credentials. [AWS:
// ListServiceSpecificCredentials]
func (s *Service) ListServiceSpecificCredentials(ctx context.Context, in *iamapi.ListServiceSpecificCredentialsRequest) (*iamapi.ListServiceSpecificCredentialsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListServiceSpecificCredentialsResponse, error) {
		return &iamapi.ListServiceSpecificCredentialsResponse{
			ServiceSpecificCredentials: []iamapi.ServiceSpecificCredentialMetadata{}, IsTruncated: new(false),
		}, noneOf(r, in.UserName)
	})
}

// DeactivateMFADevice answers that the user has no such device. [AWS: DeactivateMFADevice]
func (s *Service) DeactivateMFADevice(ctx context.Context, in *iamapi.DeactivateMFADeviceRequest) (*iamapi.DeactivateMFADeviceResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeactivateMFADeviceResponse, error) {
		return nil, cmp.Or(noneOf(u.Reader, in.UserName), error(entity.NoSuch(iamapi.TextNoSuchEntityMFADevice)))
	})
}

// DeleteVirtualMFADevice answers that there is no such device. [AWS: DeleteVirtualMFADevice]
func (s *Service) DeleteVirtualMFADevice(ctx context.Context, in *iamapi.DeleteVirtualMFADeviceRequest) (*iamapi.DeleteVirtualMFADeviceResponse, error) {
	return operation.Update(ctx, s.runner, in, func(*operation.Unit) (*iamapi.DeleteVirtualMFADeviceResponse, error) {
		return nil, entity.NoSuch(iamapi.TextNoSuchEntityVirtualMFADevice, *in.SerialNumber)
	})
}

// DeleteSigningCertificate answers that the user has no such certificate. [AWS:
// DeleteSigningCertificate]
func (s *Service) DeleteSigningCertificate(ctx context.Context, in *iamapi.DeleteSigningCertificateRequest) (*iamapi.DeleteSigningCertificateResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteSigningCertificateResponse, error) {
		return nil, cmp.Or(noneOf(u.Reader, in.UserName), error(entity.NoSuch(iamapi.TextNoSuchEntitySigningCertificate, *in.CertificateId)))
	})
}
